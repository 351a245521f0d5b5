import { type Command } from 'commander';
import type { CommandContext } from '../options/CommandContext.js';

/** `rushes doctor`: what works on this machine. */
export function addDoctorCommand(program: Command, context: CommandContext): void {
  program
    .command('doctor')
    .summary('say what works on this machine')
    .description(
      'Looks at Node, memory, disk, the packages with native parts, the programs they carry and the ports. Writes nothing. Exits with 1 when something needed does not work.',
    )
    .option('--json', 'print one JSON object on stdout, everything else on stderr', false)
    .action(async () => {
      const { doctorCommand } = await import('./doctorCommand.js');
      await doctorCommand({ context });
    });
}
