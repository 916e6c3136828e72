import { readFileSync } from 'node:fs';

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

/** Of this software, such as `1.2.3` (Semantic Versioning). */
export const VERSION = manifest.version;
