import type { PermissionNote, UsageLine } from './usage-line.js';

/** What one statement writes. */
export interface UsageBatch {
  readonly lines: readonly UsageLine[];
  /** By key, in milliseconds since the epoch: when it was last recognised and not refused as unauthorized. */
  readonly keyUses: ReadonlyMap<string, number>;
  /** Each permission that a key had need of, once. */
  readonly permissionUses: readonly PermissionNote[];
}

/** Lines and notes, with what follows from them. A permission is used by what was allowed, and by nothing else. */
export function batchOf(lines: readonly UsageLine[], notes: readonly PermissionNote[]): UsageBatch {
  const recognised = lines.filter(({ outcome }) => outcome !== 'unauthorized');
  const keyUses = new Map<string, number>();
  for (const { keyId, lastAt } of recognised)
    keyUses.set(keyId, Math.max(lastAt, keyUses.get(keyId) ?? 0));
  const required = lines
    .filter(({ outcome }) => outcome === 'allowed')
    .flatMap(({ keyId, route, lastAt }) =>
      route.permissions.map((permission) => ({ keyId, permission, lastAt })),
    );
  return { lines, keyUses, permissionUses: latestOf([...required, ...notes]) };
}

function latestOf(notes: readonly PermissionNote[]): PermissionNote[] {
  const latest = new Map<string, PermissionNote>();
  for (const note of notes) {
    const name = `${note.keyId} ${note.permission}`;
    const known = latest.get(name);
    if (known === undefined || known.lastAt < note.lastAt) latest.set(name, note);
  }
  return [...latest.values()];
}
