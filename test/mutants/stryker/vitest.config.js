import { defineConfig } from 'vitest/config';
import shared from '../../../vitest.config.ts';

/**
 * Stryker's runner looks at tests alone, so a mutant with which a file of tests does not even load would survive for
 * want of any (stryker-mutator/stryker-js#6150): such a file gets one test, which failed.
 */
const unloadedFilesFail = {
  onTestRunEnd(modules) {
    for (const { task } of modules) {
      if (task.tasks.length > 0 || task.result?.state !== 'fail') continue;
      task.tasks.push({
        type: 'test',
        name: 'loads',
        mode: 'run',
        file: task,
        result: task.result,
      });
    }
  },
};

export default defineConfig({
  ...shared,
  test: { include: ['libs/auth/src/**/*.spec.ts'], reporters: [unloadedFilesFail] },
});
