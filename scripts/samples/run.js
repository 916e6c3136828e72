// Runs commands, quietly while they succeed.
import { spawn } from 'node:child_process';

const stopped = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stopped.abort());

/** Set once somebody wants the run to end: running commands are stopped, and what was made is cleaned up. */
export const interruption = stopped.signal;

/**
 * Runs a command.
 *
 * @param {string} command
 * @param {string[]} parameters
 * @param {{ cwd?: string, env?: Record<string, string> }} options
 * @returns {Promise<string>} what it wrote
 * @throws Error with all that it wrote, when it fails
 */
export function run(command, parameters, { cwd, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const options = { cwd, env: { ...process.env, ...env }, signal: interruption };
    const child = spawn(command, parameters, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    // One that was interrupted is still ending: what it uses must not be cleaned up under its hands.
    child.on('error', (error) => child.pid === undefined && reject(error));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${command} ${parameters.join(' ')}: ${code ?? signal}\n${output}`));
    });
  });
}
