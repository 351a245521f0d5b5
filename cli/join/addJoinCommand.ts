import { type Command, Option } from 'commander';
import { integerBetween } from '../options/parseValues.js';
import type { CommandContext } from '../options/CommandContext.js';
import { addPartyOptions } from '../party/addPartyOptions.js';
import type { JoinOptions } from './joinCommand.js';

/** `rushes join URL`: from an address to a party at work. */
export function addJoinCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('join')
    .summary('join a network as worker or verifier, with this one command')
    .description(
      'Fetches a network from its address, checks it against its chain, makes a key, asks the faucet for test money, says what will be staked and what that risks, asks, registers, and works until it is told to end.\nCtrl-C once ends in order, after the leases that are under way; twice at once.',
    )
    .argument('<url>', "the network: a coordinator's address, or a network.json")
    .addOption(new Option('--as <role>', 'what to be').choices(['worker', 'verifier']).default('worker'))
    .option(
      '--threads <n>',
      "render threads (default: the machine's cores for a worker, one for a verifier)",
      integerBetween(1, 1024),
    )
    .option('--yes', 'agree to the stake without being asked', false);
  addPartyOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  rushes join http://192.0.2.7:8800
  rushes join http://192.0.2.7:8800 --as verifier --yes
  rushes join http://192.0.2.7:8800 --threads 4 --until 07:30 --idle 60

Key, state and the network's description are kept in RUSHES_HOME/networks/.
Exit codes: 0 ended by --until or --idle, 130 by Ctrl-C, in order or at once.`,
    )
    .action(async (url: string, flags: Omit<JoinOptions, 'url'>) => {
      const { joinCommand } = await import('./joinCommand.js');
      await joinCommand({ ...flags, url, context });
    });
}
