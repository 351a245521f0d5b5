import { type Command, Option } from 'commander';
import type { Role } from '../../protocol/events.js';
import { integerBetween } from '../options/parseValues.js';
import type { CommandContext } from '../options/CommandContext.js';

/** `rushes service install|remove`: a worker or verifier that systemd keeps running. */
export function addServiceCommand(program: Command, context: CommandContext): void {
  const as = (): Option => new Option('--as <role>', 'what to be').choices(['worker', 'verifier']).default('worker');
  const command = program
    .command('service')
    .summary('keep a worker or verifier running with systemd')
    .description(
      "Writes or removes a unit of systemd for this user, which runs `rushes join`. It starts nothing: what is written is said, and how it's started.",
    )
    .addHelpText(
      'after',
      `
Examples:
  rushes service install http://192.0.2.7:8800 --threads 4
  rushes service remove --as verifier`,
    );
  command
    .command('install')
    .description('write the unit')
    .argument('<url>', "the network: a coordinator's address")
    .addOption(as())
    .option('--threads <n>', 'render threads', integerBetween(1, 1024))
    .option('--passphrase-file <file>', 'a file that only you can read, with the passphrase of its key')
    .action(async (url: string, flags: { as: Role; threads?: number; passphraseFile?: string }) => {
      const { installService } = await import('./serviceCommand.js');
      await installService({ ...flags, url, context });
    });
  command
    .command('remove')
    .description('remove the unit')
    .addOption(as())
    .action(async (flags: { as: Role }) => {
      const { removeService } = await import('./serviceCommand.js');
      await removeService({ ...flags, context });
    });
}
