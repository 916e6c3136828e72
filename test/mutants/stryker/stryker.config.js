/** The sources whose rules unit tests hold. What needs a database has its mutants in `../mutations.js`. */
export default {
  mutate: [
    'libs/auth/src/{credential/*,ip-range,permission,rule,tier}.ts',
    'libs/auth/src/api-keys/{api-key.state,principal.factory,signer}.ts',
    'libs/auth/src/{decorators/accumulate,routes/{route-rule,route-rules},strategies/running-strategy}.ts',
    '!**/*.spec.ts',
  ],
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutants/stryker/vitest.config.js' },
  plugins: ['@stryker-mutator/vitest-runner', './test/mutants/stryker/error-messages.js'],
  ignorers: ['error-messages'],
  coverageAnalysis: 'perTest',
  concurrency: 1,
  // A machine with other work must not make a slow test look like an endless loop.
  timeoutMS: 20_000,
  reporters: ['progress'],
  warnings: { slow: false },
  tempDirName: 'coverage/stryker',
  ignorePatterns: ['.clary', 'coverage', 'dist', 'docs'],
};
