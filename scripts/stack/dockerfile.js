import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Lays out the folder that the image holds, as the Dockerfile says: production packages installed by its own command,
 * and the files that its last stage copies, from this checkout as it was built.
 *
 * @param {string} folder takes the place of the image's working directory
 * @returns what the image tells Docker: variables, command, health check
 */
export function layOutImage(folder) {
  const stages = readStages(readFileSync('Dockerfile', 'utf8'));
  const last = stages.at(-1);
  for (const file of listManifests()) copy(file, join(folder, file));
  const install = stages.find(({ name }) => name === 'dependencies');
  for (const command of argumentsOf(install, 'RUN')) run(command, folder);
  for (const text of argumentsOf(last, 'COPY')) {
    const [, stage, from, to] = /^(?:--from=(\w+) )?(\S+) (\S+)$/.exec(text);
    if (stage !== 'dependencies') copy(from.replace(/^\/app\//, ''), join(folder, to));
  }
  return {
    folder,
    environment: readVariables(argumentsOf(last, 'ENV')),
    command: JSON.parse(argumentsOf(last, 'CMD')[0]),
    healthCheck: JSON.parse(/\[.*\]$/.exec(argumentsOf(last, 'HEALTHCHECK')[0])[0]),
    ports: argumentsOf(last, 'EXPOSE').map(Number),
  };
}

function readStages(text) {
  const lines = text
    .replace(/^#.*\n/gm, '')
    .replace(/ *\\\n */g, ' ')
    .split('\n');
  const stages = [];
  for (const line of lines.filter((each) => each !== '')) {
    const [, instruction, rest] = /^(\w+) +(.*)$/.exec(line);
    if (instruction === 'FROM') stages.push({ name: rest.split(' AS ')[1], instructions: [] });
    else stages.at(-1).instructions.push([instruction, rest]);
  }
  return stages;
}

function argumentsOf({ instructions }, wanted) {
  return instructions.filter(([name]) => name === wanted).map(([, rest]) => rest);
}

function readVariables(lines) {
  return Object.fromEntries(
    lines.flatMap((line) => line.split(' ').map((pair) => pair.split('='))),
  );
}

function listManifests() {
  const patterns = ['package-lock.json', '.npmrc', 'package.json', '*/package.json'];
  const { stdout } = spawnSync('git', ['ls-files', ...patterns], { encoding: 'utf8' });
  return stdout.trim().split('\n');
}

function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true });
}

function run(command, cwd) {
  const { status } = spawnSync('sh', ['-c', command], {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error(`Exit code ${status}: ${command}`);
}
