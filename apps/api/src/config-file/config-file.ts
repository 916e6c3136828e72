import {
  digestOf,
  InvalidDesiredStateError,
  type Notice,
  type ReconciliationPlan,
  type ReconciliationService,
} from '@clary/nestjs-auth';
import { readFile } from 'node:fs/promises';
import type { EntityManager } from 'typeorm';
import { ConfigError } from '../config/config.error.js';
import { configFileError, sentence } from './config-file.error.js';
import { toFilePath } from './desired-state.mapping.js';
import { parseConfigFile, type ParsedConfigFile } from './parse.js';

/** Where a configuration file is looked for that no variable names. */
export const DEFAULT_CONFIG_FILE = 'clary.config.yaml';

/** A plan, or what was done, with its warnings as sentences that name their place in the file. */
export interface ExplainedPlan {
  readonly plan: ReconciliationPlan;
  readonly warnings: readonly string[];
}

/** A configuration file that was read. */
export class ConfigFile {
  private constructor(
    /** As it was named. */
    readonly path: string,
    private readonly parsed: ParsedConfigFile,
  ) {}

  /**
   * Reads the named file, or the one that is looked for by itself.
   *
   * @param named undefined: none is named
   * @param origin what named it, for an error
   * @returns null where none is named and none is there
   * @throws ConfigError
   */
  static async read(
    named: string | undefined,
    origin = 'CLARY_CONFIG: ',
  ): Promise<ConfigFile | null> {
    const path = named ?? DEFAULT_CONFIG_FILE;
    const bytes = await readBytes(path, named === undefined, origin);
    return bytes === null ? null : new ConfigFile(path, parseConfigFile(path, decode(path, bytes)));
  }

  /** Of its content. */
  get revision(): number {
    return this.parsed.desired.revision;
  }

  /** Of its content, as the database remembers what was applied. */
  get digest(): Buffer {
    return digestOf(this.parsed.desired);
  }

  /**
   * What applying it would do now.
   *
   * @throws ConfigError
   */
  plan(service: ReconciliationService): Promise<ExplainedPlan> {
    return this.explain(service.plan(this.parsed.desired));
  }

  /**
   * Applies it, all of it or nothing.
   *
   * @param manager the transaction to do it in; without one it has its own
   * @throws ConfigError
   */
  apply(service: ReconciliationService, manager?: EntityManager): Promise<ExplainedPlan> {
    return this.explain(service.apply(this.parsed.desired, manager && { manager }));
  }

  private async explain(planned: Promise<ReconciliationPlan>): Promise<ExplainedPlan> {
    try {
      const plan = await planned;
      const warnings = plan.warnings.map((notice) => sentence(this.path, this.remark(notice)));
      return { plan, warnings };
    } catch (error) {
      if (!(error instanceof InvalidDesiredStateError)) throw error;
      const remarks = error.problems.map((notice) => this.remark(notice));
      throw configFileError(this.path, remarks);
    }
  }

  private remark({ path, message }: Notice) {
    return this.parsed.source.remark(toFilePath(path), message);
  }
}

async function readBytes(
  path: string,
  mayBeMissing: boolean,
  origin: string,
): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (mayBeMissing && code === 'ENOENT') return null;
    throw new ConfigError(`${origin}${path} cannot be read (${code ?? 'unknown error'}).`);
  }
}

function decode(path: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ConfigError(`${path}:1:1: must be UTF-8`);
  }
}
