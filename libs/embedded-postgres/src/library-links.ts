import { lstat, readFile, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { systemCode } from './errors.js';

/** A link between two libraries of one folder: `path` is made to point at `target`. */
export interface LibraryLink {
  /** Path of the link, relative to the folder of the binaries. */
  readonly path: string;
  /** Name of the file beside it that the link points at. */
  readonly target: string;
}

/**
 * Makes the links between the libraries that are missing. An npm package cannot hold links, so the
 * binaries' package makes them in a script after its installation, which often is not run. Gives
 * false when a link is missing and cannot be made here.
 */
export async function areLinksWhole(native: string): Promise<boolean> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const link of parseLinks(list)) {
    if (!(await isMadeSure(join(native, link.path), link.target))) return false;
  }
  return true;
}

/** Reads the package's list of links; entries that would leave the folder are passed over. */
export function parseLinks(text: string): LibraryLink[] {
  const list: unknown = JSON.parse(text);
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return [];
    if (!('source' in entry) || !('target' in entry)) return [];
    const { source, target } = entry;
    if (typeof source !== 'string' || typeof target !== 'string') return [];
    // The list is written from the folder of the package, in which ours is called native.
    if (!target.startsWith('native/') || target.split('/').includes('..')) return [];
    if (dirname(source) !== dirname(target)) return [];
    return [{ path: target.slice('native/'.length), target: basename(source) }];
  });
}

async function isMadeSure(path: string, target: string): Promise<boolean> {
  if (await lstat(path).catch(() => undefined)) return true;
  try {
    await symlink(target, path);
    return true;
  } catch (error) {
    // Another start may have made it in between.
    return systemCode(error) === 'EEXIST';
  }
}
