// Lints the API's OpenAPI document by the rules of redocly.yaml.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { previewDocument } from '../apps/api/dist/openapi/preview.js';

const folder = mkdtempSync(join(tmpdir(), 'clary-openapi-'));
const file = join(folder, 'openapi.json');
writeFileSync(file, JSON.stringify(await previewDocument(), null, 2));
// The linter would otherwise ask its makers for news and tell them of its use.
const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
const { status } = spawnSync('redocly', ['lint', '--config', 'redocly.yaml', file], {
  env,
  stdio: 'inherit',
});
rmSync(folder, { recursive: true, force: true });
process.exit(status ?? 1);
