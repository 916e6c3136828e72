import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from '../support/processes/build.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'clary-data-'));
  await build();
}, 120_000);
afterAll(() => rm(dataDir, { recursive: true, force: true }));

/** `npx clary …`, as the README says, over an embedded database. */
async function clary(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const env = { ...process.env, DATABASE_URL: '', DATA_DIR: dataDir, NO_COLOR: '1' };
  return run('npx', ['--no-install', 'clary', ...args], { cwd: root, env });
}

describe('npx clary', () => {
  it('makes the installation where there is none, and finds it again', async () => {
    const made = await clary('accounts', 'create', '--name', 'First', '--tier', 'lite');
    expect(made.stderr).toContain('Making a new database');
    const { stdout } = await clary('accounts', 'list', '--json');
    expect((JSON.parse(stdout) as { data: object[] }).data).toMatchObject([{ name: 'First' }]);
  }, 60_000);

  it('lets commands at the same time into a stopped installation', async () => {
    const create = (name: string) =>
      clary('keys', 'create', '--name', name, '--permissions', 'documents:read');
    const made = await Promise.all([create('A'), create('B'), create('C')]);
    expect(made.map(({ stdout }) => stdout.slice(0, 10))).toEqual(Array(3).fill('clary_dev_'));
    const { stdout } = await clary('keys', 'list', '--json');
    expect((JSON.parse(stdout) as { data: object[] }).data).toHaveLength(3);
  }, 60_000);

  it('says which key is in nobody’s hands when it could not be written', async () => {
    const create = "npx --no-install clary keys create --name Lost --permissions '*'";
    const env = { ...process.env, DATABASE_URL: '', DATA_DIR: dataDir };
    const script = `${create} > /dev/full`;
    await expect(run('sh', ['-c', script], { cwd: root, env })).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/key_\w{16} is made, and could not be written/) as string,
    });
  }, 60_000);

  it('ends with the exit code of the command', async () => {
    await expect(clary('keys', 'show', 'key_x')).rejects.toMatchObject({ code: 1, stdout: '' });
    await expect(clary('keys', 'shw')).rejects.toMatchObject({ code: 2, stdout: '' });
  });
});

describe('the process of an API', () => {
  it('applies its configuration file on SIGHUP, and ends with 0 on SIGTERM', async () => {
    const file = join(dataDir, 'clary.config.yaml');
    await writeFile(file, 'revision: 1\n');
    const env = { ...process.env, DATABASE_URL: '', DATA_DIR: dataDir, PORT: '0' };
    const api = spawn(process.execPath, ['apps/api/dist/main.js'], {
      cwd: root,
      env: { ...env, CLARY_CONFIG: file },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const log = new Log(api.stdout);
    try {
      await log.until('The API is ready');
      await writeFile(file, 'revision: 2\n');
      api.kill('SIGHUP');
      await log.until('"revision":2');
    } finally {
      api.kill('SIGTERM');
    }
    expect(await once(api, 'exit')).toEqual([0, null]);
  }, 60_000);
});

/** What a process has written so far. */
class Log {
  private text = '';

  constructor(private readonly stream: NodeJS.ReadableStream) {
    stream.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
  }

  async until(words: string): Promise<void> {
    while (!this.text.includes(words)) await once(this.stream, 'data');
  }
}
