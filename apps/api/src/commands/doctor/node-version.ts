import { failed, ok, type Finding } from './check.js';

/** Oldest release of each line that is supported, as `engines` of package.json says; odd lines are not. */
const OLDEST: Readonly<Record<number, number>> = { 20: 19, 22: 12 };
const FIRST_OPEN_LINE = 24;

/** @param version such as `20.19.0` */
export function checkNodeVersion(version = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const oldest = OLDEST[major];
  const isSupported = oldest === undefined ? major >= FIRST_OPEN_LINE : minor >= oldest;
  if (isSupported) return ok(`Node.js ${version}`);
  return failed(`Node.js ${version} is not supported.`, 'Install Node.js 20.19, 22.12 or 24.');
}
