#!/usr/bin/env node
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const entry = new URL('../dist/cli.js', import.meta.url);

if (!existsSync(entry)) build();
const { runClary } = await import(entry.href);
await runClary();

/** A checkout that was never built. Its output goes to stderr: stdout belongs to the command. */
function build() {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  process.stderr.write('Building, once …\n');
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status === 0) return;
  process.stderr.write('clary is not built: run `npm ci && npm run build`.\n');
  process.exit(1);
}
