import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { type Platform, platformNamed, unsupportedPlatform } from './platform.js';

/** The folder that holds `bin`, `lib` and `share` of a PostgreSQL as a package brought it. */
export interface InstalledBinaries {
  readonly native: string;
  /** Name and version of the package, fit for the name of a folder. */
  readonly label: string;
}

/** Finds the package with the binaries of this platform; throws `unsupported_platform`. */
export async function findInstalledBinaries(): Promise<InstalledBinaries> {
  const name = `${process.platform}-${process.arch}`;
  const root = packageFolder(platformNamed(name), name);
  const manifest: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  return { native: join(root, 'native'), label: `postgres-${name}-${versionIn(manifest)}` };
}

function packageFolder(platform: Platform, name: string): string {
  try {
    // The package exports nothing but its entry, dist/index.js, which is found but never run.
    const entry = createRequire(import.meta.url).resolve(platform.packageName);
    return dirname(dirname(entry));
  } catch (error) {
    throw unsupportedPlatform(`${name} (${platform.packageName} is not installed)`, {
      cause: error,
    });
  }
}

function versionIn(manifest: unknown): string {
  const isManifest = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  const version = isManifest ? manifest.version : undefined;
  return typeof version === 'string' && /^[\w.+-]+$/.test(version) ? version : 'unknown';
}
