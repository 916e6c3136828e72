import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApiConfig } from '../../config/environment.js';
import { failed, ok, warning, type Finding } from './check.js';

const WRITABLE_BY_OTHERS = 0o022;
const OPEN_TO_OTHERS = 0o077;
const LITTLE_SPACE = 1024 ** 3;

type Config = Pick<ApiConfig, 'dataDir' | 'databaseUrl' | 'environment' | 'masterKeys'>;

/** The data folder and, where they lie there, the master keys. */
export async function checkDataFolder(config: Config): Promise<Finding> {
  const { dataDir } = config;
  const found = await statusOf(dataDir);
  if (found === null)
    return warning(`${dataDir} is not there.`, '`npm start` makes it; or set DATA_DIR.');
  if (!found.isDirectory()) return failed(`${dataDir} is not a folder.`, 'Set DATA_DIR to one.');
  const self = process.getuid?.();
  if (self !== 0 && found.uid !== self)
    return failed(
      `${dataDir} belongs to uid ${found.uid}, and this is uid ${self}.`,
      `Run this as the API's own user.`,
    );
  if (!(await isUsable(dataDir)))
    return failed(`${dataDir} cannot be written to.`, `chmod u+rwx ${dataDir}`);
  if ((found.mode & WRITABLE_BY_OTHERS) !== 0)
    return failed(`${dataDir} can be changed by other users.`, `chmod go-w ${dataDir}`);
  return (await checkKeptKeys(config)) ?? checkSpace(dataDir);
}

/** Null where nothing is wrong with them. */
async function checkKeptKeys({
  dataDir,
  environment,
  masterKeys,
}: Config): Promise<Finding | null> {
  const path = join(dataDir, 'master-keys');
  const found = await statusOf(path);
  if (found === null) return null;
  if ((found.mode & OPEN_TO_OTHERS) !== 0)
    return failed(
      `${path} is open to other users (mode ${(found.mode & 0o777).toString(8)}).`,
      `chmod 600 ${path}`,
    );
  if (environment === 'production' && masterKeys === undefined)
    return warning(
      'The master keys lie beside the database: a copy of DATA_DIR leaks both at once.',
      `Move ${path} to another place and name it in CLARY_MASTER_KEYS_FILE.`,
    );
  return null;
}

async function checkSpace(dataDir: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(dataDir);
  const free = `${((bavail * bsize) / 1024 ** 3).toFixed(1)} GB free`;
  if (bavail * bsize >= LITTLE_SPACE) return ok(`${dataDir}, ${free}`);
  return warning(`${dataDir} has little space (${free}).`, 'Make room, or move DATA_DIR.');
}

function isUsable(path: string): Promise<boolean> {
  return access(path, constants.R_OK | constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** @returns null where there is nothing, or nothing that this user may see */
async function statusOf(path: string) {
  return stat(path).catch(() => null);
}
