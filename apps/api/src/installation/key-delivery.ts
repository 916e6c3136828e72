import type { ApiKeyDirectory, AuthSettings } from '@clary/nestjs-auth';
import { constants } from 'node:fs';
import { open, unlink } from 'node:fs/promises';
import { ConfigError } from '../config/config.error.js';
import type { ApiConfig } from '../config/environment.js';
import { writeExclusive } from './exclusive-file.js';
import type { Delivery } from './bootstrap-key.js';

/** How the first key reaches its operator: a file, this terminal, or not at all. */
export function chooseDelivery(
  config: ApiConfig,
  settings: AuthSettings,
  directory: ApiKeyDirectory,
): Delivery | null {
  if (config.bootstrapKeyFile !== undefined)
    return toFile(config.bootstrapKeyFile, settings, directory);
  return config.environment === 'development' || process.stdout.isTTY ? toTerminal(config) : null;
}

/** The key goes past the logger: a log is kept and shipped, a terminal is looked at. */
function toTerminal(config: ApiConfig): Delivery {
  return ({ key }) =>
    new Promise((done) => {
      const lines = [
        '',
        'Your first API key. It is shown once and stored nowhere:',
        '',
        `  ${key}`,
        '',
        'Try it:',
        '',
        `  curl ${urlOf(config)}/v1/documents -H "Authorization: Bearer ${key}"`,
        '',
      ];
      process.stdout.write(`${lines.join('\n')}\n`, () => done());
    });
}

/** Where this machine reaches the API, which may listen on every address. */
function urlOf({ host, port }: ApiConfig): string {
  const reachable = ['0.0.0.0', '::'].includes(host) ? 'localhost' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port || '<port>'}`;
}

function toFile(path: string, settings: AuthSettings, directory: ApiKeyDirectory): Delivery {
  return async ({ key }) => {
    try {
      await writeExclusive(path, `${key}\n`);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EEXIST')
        throw new ConfigError(`CLARY_BOOTSTRAP_KEY_FILE: ${path} cannot be written (${code}).`);
      await assertLeftover(path, settings, directory);
      await unlink(path);
      await writeExclusive(path, `${key}\n`);
    }
  };
}

/** A file may be replaced only if it holds a key of a start that was cut off before its commit. */
async function assertLeftover(
  path: string,
  settings: AuthSettings,
  directory: ApiKeyDirectory,
): Promise<void> {
  const keyId = settings.format.keyIdOf(await readFirstLine(path));
  if (keyId === null || (await directory.exists(keyId))) {
    throw new ConfigError(
      `CLARY_BOOTSTRAP_KEY_FILE: ${path} exists and is not left over from a start: move it away.`,
    );
  }
}

async function readFirstLine(path: string): Promise<string> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    const { buffer, bytesRead } = await file
      .read(Buffer.alloc(256), 0, 256, 0)
      .finally(() => file.close());
    return buffer.toString('utf8', 0, bytesRead).trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError(
      `CLARY_BOOTSTRAP_KEY_FILE: ${path} exists and cannot be read (${code ?? 'unknown error'}).`,
    );
  }
}
