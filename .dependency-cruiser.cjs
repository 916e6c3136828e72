/** The directions in which imports may flow; no cycles. */
const AUTH = '^libs/auth/src';

/** Folders of the auth library, from the inside out: each may import those before it. */
const pure = [
  'auth-types',
  'environment',
  'ip-range',
  'name',
  'permission',
  'principal',
  'refusal',
  'rule',
  'tier',
];

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'libs-know-no-app', severity: 'error', from: { path: '^libs' }, to: { path: '^apps' } },
    {
      name: 'apps-know-no-app',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps', pathNot: '^apps/$1/' },
    },
    {
      name: 'libs-know-no-lib',
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs', pathNot: '^libs/$1/' },
    },
    {
      name: 'sources-know-no-test',
      severity: 'error',
      from: { path: '^(apps|libs)/[^/]+/src', pathNot: '\\.spec\\.ts$' },
      to: { path: '^test|\\.spec\\.ts$' },
    },
    {
      name: 'libs-by-their-front-door',
      severity: 'error',
      from: { path: '^(apps|test)' },
      to: {
        path: '^libs/[^/]+/src',
        pathNot: '^libs/[^/]+/src/(index|migrations/index|testing/index)\\.ts$',
      },
    },
    {
      name: 'load-knows-no-server',
      comment: 'the process that makes the load loads nothing of what it measures',
      severity: 'error',
      from: { path: '^test/bench/(load|scenarios)/' },
      to: { path: '^(apps|libs|test/bench/server)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'auth-words-are-pure',
      comment:
        'tiers, permissions, principals and refusals import nothing but each other, and one library of addresses',
      severity: 'error',
      from: { path: `${AUTH}/(${pure.join('|')})\\.ts$` },
      to: { pathNot: [`${AUTH}/(${pure.join('|')})\\.ts$`, 'node_modules/ipaddr\\.js/'] },
    },
    {
      name: 'credentials-are-pure',
      comment: 'no Nest, no database: only Node and the words',
      severity: 'error',
      from: { path: `${AUTH}/credential`, pathNot: '\\.spec\\.ts$' },
      to: {
        pathNot: [`${AUTH}/credential`, `${AUTH}/(${pure.join('|')})\\.ts$`],
        dependencyTypesNot: ['core'],
      },
    },
    {
      name: 'sources-know-no-testing-helpers',
      severity: 'error',
      from: { path: `${AUTH}/`, pathNot: `${AUTH}/testing/` },
      to: { path: `${AUTH}/testing/` },
    },
    {
      name: 'services-know-no-http',
      severity: 'error',
      from: { path: `${AUTH}/(api-keys|accounts|audit|master-keys|reconciliation|usage)/` },
      to: { path: `${AUTH}/(auth\\.(guard|module|errors)|strategies|routes|decorators)` },
    },
    {
      name: 'sql-in-repositories',
      comment: 'a service may pass a transaction on, and knows nothing else of TypeORM',
      severity: 'error',
      from: {
        path: '\\.(service|controller|guard|strategy)\\.ts$',
        pathNot: 'health\\.service\\.ts$',
      },
      to: { path: 'node_modules/typeorm', dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['dist/', '^test/samples/'] },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      conditionNames: ['@clary/source', 'import', 'types', 'default'],
      exportsFields: ['exports'],
    },
  },
};
