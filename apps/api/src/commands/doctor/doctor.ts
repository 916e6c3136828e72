import type { CommandDefinition } from '../command-line.js';
import { examine } from './examine.js';
import { countOf, formatReport } from './report.js';

/** `doctor` */
export const examineInstallation: CommandDefinition = (parent, cli) => {
  parent
    .command('doctor')
    .summary('checks this installation and says what to mend')
    .description('Check this installation and say what to mend. Changes nothing.')
    .action(async () => {
      const checks = await examine(cli.io.variables, (line) => cli.output.note(line));
      const counts = countOf(checks);
      cli.output.result({ checks, counts }, () => formatReport(checks));
      if (counts.failed > 0) cli.refuse();
    });
};
