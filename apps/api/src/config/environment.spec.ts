import { generateMasterKey } from '@clary/nestjs-auth';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError } from './config.error.js';
import { readConfig } from './environment.js';

describe('the configuration', () => {
  it('needs no variable at all', () => {
    expect(readConfig({})).toMatchObject({
      host: '127.0.0.1',
      port: 8000,
      databaseUrl: undefined,
      environment: 'development',
      jwtMaxLifetime: 3600,
      jwtAudience: 'clary',
      logLevel: 'info',
      ignored: [],
    });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(readConfig({ PORT: '', CLARY_MASTER_KEYS: '' })).toMatchObject({
      port: 8000,
      masterKeys: undefined,
    });
  });

  it.each([
    ['PORT', '80a', 'PORT: must be a whole number from 0 to 65535.'],
    ['PORT', '65536', 'PORT: must be a whole number from 0 to 65535.'],
    ['PORT', '-1', 'PORT: must be a whole number from 0 to 65535.'],
    ['DATABASE_URL', 'mysql://x', 'DATABASE_URL: must begin with postgres:// or postgresql://.'],
    [
      'CLARY_ENVIRONMENT',
      'prod',
      'CLARY_ENVIRONMENT: must be one of development, staging, production.',
    ],
    [
      'CLARY_MASTER_KEYS',
      '1:abc',
      'CLARY_MASTER_KEYS: entry 1 is not <version>:<base64 of 32 bytes>.',
    ],
    [
      'CLARY_JWT_MAX_LIFETIME',
      '0',
      'CLARY_JWT_MAX_LIFETIME: must be a whole number from 1 to 31536000.',
    ],
    [
      'CLARY_PERMISSIONS',
      'reports',
      'CLARY_PERMISSIONS: Permission "reports" is not <resource>:<action>.',
    ],
    ['CLARY_PERMISSIONS', 'a:b,,c:d', 'CLARY_PERMISSIONS: must be a comma-separated list.'],
    [
      'CLARY_TRUSTED_PROXIES',
      '10.0.0.0/8,proxy.example.com',
      'CLARY_TRUSTED_PROXIES: must be a comma-separated list of addresses and ranges such as 10.0.0.0/8.',
    ],
    [
      'CLARY_KEY_MAX_LIFETIME_DAYS',
      '0',
      'CLARY_KEY_MAX_LIFETIME_DAYS: must be a whole number from 1 to 36500.',
    ],
    [
      'CLARY_CORS_ORIGINS',
      'app.example.com',
      'CLARY_CORS_ORIGINS: must be a comma-separated list of origins such as https://app.example.com.',
    ],
    [
      'CLARY_CORS_ORIGINS',
      '*',
      'CLARY_CORS_ORIGINS: must be a comma-separated list of origins such as https://app.example.com.',
    ],
    [
      'LOG_LEVEL',
      'loud',
      'LOG_LEVEL: must be one of fatal, error, warn, info, debug, trace, silent.',
    ],
  ])('refuses %s=%s in one sentence', (name, value, sentence) => {
    expect(() => readConfig({ [name]: value })).toThrow(new ConfigError(sentence));
  });

  it('names a master key given twice without showing it', () => {
    const key = generateMasterKey();
    expect(() => readConfig({ CLARY_MASTER_KEYS: `${key},${key}` })).toThrow(
      /^CLARY_MASTER_KEYS: A master key version is given twice\.$/,
    );
  });

  it('says which variables have no effect yet', () => {
    const variables = { REDIS_URL: 'redis://x', CLARY_CONFIG: 'x', CLARY_METRICS_LISTEN: 'x' };
    expect(readConfig(variables).ignored).toEqual(['REDIS_URL', 'CLARY_METRICS_LISTEN']);
  });
});

describe('a secret in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clary-config-'));
  const file = join(folder, 'url');
  writeFileSync(file, 'postgres://user:password@host/db\n');

  it('is read without its line break', () => {
    expect(readConfig({ DATABASE_URL_FILE: file }).databaseUrl).toBe(
      'postgres://user:password@host/db',
    );
  });

  it('that cannot be read is named by its variable', () => {
    expect(() => readConfig({ DATABASE_URL_FILE: join(folder, 'none') })).toThrow(
      'DATABASE_URL_FILE: the file cannot be read (ENOENT).',
    );
  });

  it('does not stand beside the variable itself', () => {
    expect(() => readConfig({ DATABASE_URL_FILE: file, DATABASE_URL: 'postgres://x' })).toThrow(
      'DATABASE_URL and DATABASE_URL_FILE are both set: keep one of them.',
    );
  });
});
