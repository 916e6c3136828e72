// Sums up vitest's JSON reports: "N passed, N failed". Fails when nothing ran, or anything failed.
import { readFileSync } from 'node:fs';

const reports = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, 'utf8')));
const sum = (member) => reports.reduce((total, report) => total + report[member], 0);
const passed = sum('numPassedTests');
const failed = sum('numFailedTests');
console.log(`${passed} passed, ${failed} failed`);
if (passed === 0 || failed > 0) process.exit(1);
