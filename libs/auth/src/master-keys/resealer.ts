import { Injectable } from '@nestjs/common';
import { setTimeout } from 'node:timers/promises';
import { AuthSettings } from '../auth.settings.js';
import { MissingMasterKeyError } from '../credential/master-keys.js';
import {
  SealedDigestRepository,
  type Resealed,
  type SealedDigest,
} from '../api-keys/sealed-digest.repository.js';

/** Keys of one step: little enough that nobody waits for the rows. */
const PAGE = 500;

/** Rows that somebody else changes at the moment are come back to: so often, after so many milliseconds. */
const MOST_ROUNDS = 20;
const PAUSE = 250;

/** What became of the sealed digests. */
export interface ResealReport {
  /** The version under which they stand now. */
  readonly version: number;
  /** How many were sealed anew. */
  readonly resealed: number;
  /** How many were being changed by others all the while, and stand as they did. */
  readonly skipped: number;
  /** How many could not be opened because their version is not configured, by version. */
  readonly missing: ReadonlyMap<number, number>;
  /** Ids of keys whose digest does not open under its own version: their rows were altered. */
  readonly damaged: readonly string[];
}

/** Moves the sealed digests of all keys to the newest master key, while they are in use. */
@Injectable()
export class Resealer {
  constructor(
    private readonly digests: SealedDigestRepository,
    private readonly settings: AuthSettings,
  ) {}

  /** How many digests are to be sealed anew. */
  async countLeft(): Promise<number> {
    const { version } = this.settings.masterKeys.newest;
    const counts = await this.digests.countByVersion();
    return [...counts].reduce((sum, [one, count]) => (one === version ? sum : sum + count), 0);
  }

  /**
   * Seals every digest anew that an older master key sealed. Each row changes at once, so that a JWT is verified before
   * and after; what was done stays done if it is broken off.
   *
   * @param onProgress told after each step how many were looked at so far
   * @throws NoMasterKeyError
   */
  async reseal(onProgress: (seen: number) => void = () => undefined): Promise<ResealReport> {
    const { version } = this.settings.masterKeys.newest;
    let resealed = 0;
    for (let round = 1; ; round += 1) {
      const pass = await this.pass(version, (seen) => onProgress(resealed + seen));
      resealed += pass.resealed;
      if (pass.skipped === 0 || round === MOST_ROUNDS) return { ...pass, version, resealed };
      await setTimeout(PAUSE);
    }
  }

  private async pass(version: number, onProgress: (seen: number) => void) {
    const missing = new Map<number, number>();
    const damaged: string[] = [];
    let [resealed, skipped, seen] = [0, 0, 0];
    for (let after = ''; ;) {
      const page = await this.digests.findOthers(version, after, PAGE);
      const last = page.at(-1);
      if (last === undefined) return { resealed, skipped, missing, damaged };
      const renewed = page.flatMap((digest) => this.renew(digest, missing, damaged));
      const stored = await this.digests.replace(renewed);
      resealed += stored;
      skipped += renewed.length - stored;
      seen += page.length;
      after = last.id;
      onProgress(seen);
    }
  }

  private renew(
    { id, accountId, sealedDigest }: SealedDigest,
    missing: Map<number, number>,
    damaged: string[],
  ): Resealed[] {
    try {
      const renewed = this.settings.masterKeys.reseal(sealedDigest, { keyId: id, accountId });
      return [{ id, old: sealedDigest, renewed }];
    } catch (error) {
      if (error instanceof MissingMasterKeyError)
        missing.set(error.version, (missing.get(error.version) ?? 0) + 1);
      else damaged.push(id);
      return [];
    }
  }
}
