import { Resealer, type ResealReport } from '@clary/nestjs-auth';
import type { CommandDefinition } from '../command-line.js';
import type { Output } from '../output.js';

const HELP = `
Give every replica the new master key before the old one, and start them all, before you run this. JWTs are verified all
the while. Afterwards the old version seals nothing and can be taken out of CLARY_MASTER_KEYS.`;

/** `master-key reseal` */
export const resealKeys: CommandDefinition = (parent, cli) => {
  parent
    .command('reseal')
    .description('Seal every key under the newest master key, while the API runs.')
    .addHelpText('after', HELP)
    .action(async () => {
      await cli.withInstallation(async (installation) => {
        await installation.readyToSeal();
        const resealer = installation.get(Resealer);
        const all = await resealer.countLeft();
        const report = await resealer.reseal((seen) =>
          cli.output.progress(`${seen} of ${all} keys looked at`),
        );
        if (all > 0) cli.output.progressDone();
        writeReport(cli.output, report);
        if (isIncomplete(report)) cli.refuse();
      });
    });
};

const isIncomplete = ({ missing, damaged, skipped }: ResealReport): boolean =>
  missing.size > 0 || damaged.length > 0 || skipped > 0;

function writeReport(output: Output, report: ResealReport): void {
  const { version, resealed, skipped, missing, damaged } = report;
  if (skipped > 0) output.note(`${skipped} left: they are being changed. Run it again.`);
  for (const [lost, count] of missing)
    output.note(
      `${count} left: master key version ${lost} is not configured. Put it behind the newest one.`,
    );
  for (const id of damaged)
    output.note(
      `${id} left: its row was altered, and no JWT of it is accepted. Rotate or revoke it.`,
    );
  const left = Object.fromEntries([...missing].map(([lost, count]) => [String(lost), count]));
  output.result({ version, resealed, skipped, left, damaged }, () => {
    const done = `${resealed} ${resealed === 1 ? 'key' : 'keys'} sealed anew under version ${version}`;
    return isIncomplete(report) ? done : `${done}; older versions seal nothing any more`;
  });
}
