import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IssuedApiKey } from '@clary/nestjs-auth';
import { startTestApi, type TestApi } from '../support/api.js';

/** How an example is run: commands that start its language with what it needs, and the name of its file. */
interface Runtime {
  readonly file: string;
  /** The first that can be started is used. */
  readonly commands: readonly (readonly string[])[];
  /** Asks a command whether it has what the example needs. */
  readonly probe: readonly string[];
}

const RUNTIMES: Record<string, Runtime> = {
  bash: { file: 'mint.sh', commands: [['bash']], probe: ['-c', 'openssl version'] },
  js: { file: 'mint.mjs', commands: [[process.execPath]], probe: ['--version'] },
  python: {
    file: 'mint.py',
    commands: [['python3'], ['/usr/bin/python3']],
    probe: ['-c', 'import jwt'],
  },
  ruby: { file: 'mint.rb', commands: [['ruby']], probe: ['-e', "require 'jwt'"] },
  php: { file: 'mint.php', commands: [['php']], probe: ['--version'] },
  go: { file: 'mint.go', commands: [['go', 'run']], probe: ['version'] },
  java: { file: 'Mint.java', commands: [['java']], probe: ['--version'] },
  perl: { file: 'mint.pl', commands: [['perl']], probe: ['-MCrypt::JWT', '-e', '1'] },
};

const examples = [
  ...readFileSync('docs/authentication.md', 'utf8').matchAll(/^```(\w+)\n(.*?)^```/gms),
]
  .map(([, language = '', text = '']) => ({ language, text }))
  .filter(({ text }) => text.includes('user_7'));

/** The command of a language on this machine, or undefined where it has none with what the example needs. */
function commandOf(language: string): readonly string[] | undefined {
  const { commands, probe } = RUNTIMES[language] as Runtime;
  return commands.find(([program = '']) => spawnSync(program, probe).status === 0);
}

let api: TestApi;
let issued: IssuedApiKey;
let folder: string;
beforeAll(async () => {
  api = await startTestApi();
  issued = await api.issueKey();
  // Inside the repository, so that Node finds the packages.
  folder = mkdtempSync(join(import.meta.dirname, '.mint-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await api.stop();
});

describe('the examples of how to sign a JWT', () => {
  it('are in at least six languages', () => {
    expect(new Set(examples.map(({ language }) => language)).size).toBeGreaterThanOrEqual(6);
  });

  // What is not installed cannot be run; Node and openssl are wherever this suite runs.
  it.for(examples)(
    'get in: $language',
    { timeout: 120_000 },
    async ({ language, text }, { skip }) => {
      const [program = '', ...args] = commandOf(language) ?? [];
      skip(program === '', `no ${language} with what the example needs`);
      const file = join(folder, (RUNTIMES[language] as Runtime).file);
      writeFileSync(file, text);
      const env = { ...process.env, CLARY_API_KEY: issued.key };
      const { status, stdout, stderr } = spawnSync(program, [...args, file], {
        env,
        encoding: 'utf8',
      });
      expect([status, stderr]).toEqual([0, '']);
      const answer = await api.request('GET', '/v1/me', { credential: stdout.trim() });
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({
        method: 'jwt',
        subject: 'user_7',
        key_id: issued.record.id,
      });
    },
  );
});
