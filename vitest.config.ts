import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

/** Tests run on the sources: with the packages' `dist` they would pass on stale code and load each entity twice. */
const SOURCE = '@clary/source';

export default defineConfig({
  resolve: { conditions: [SOURCE] },
  ssr: { resolve: { conditions: [SOURCE, ...defaultServerConditions] } },
  // Said here and not left to the nearest tsconfig.json, which does not include every test.
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            '{apps,libs}/*/src/**/*.spec.ts',
            'libs/*/test/**/*.spec.ts',
            'test/bench/**/*.spec.ts',
          ],
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/{e2e,attack}/**/*.e2e-spec.ts', 'libs/*/test/**/*.e2e-spec.ts'],
          globalSetup: 'test/support/database-server.ts',
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
