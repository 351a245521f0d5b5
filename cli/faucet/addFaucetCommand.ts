import { type Command, Option } from 'commander';
import type { CommandContext } from '../options/CommandContext.js';
import { givenOptions } from '../options/refuseIdleOptions.js';

/** `rushes faucet`: test money for an account. */
export function addFaucetCommand(program: Command, context: CommandContext): void {
  program
    .command('faucet')
    .summary('ask a test network for the test money to start with')
    .description(
      "Asks the network's faucet for an account's start: coins for gas, and test tokens for a stake and some jobs. Every account gets one, and ten new accounts of one address a day. `rushes render` and the other commands that need money ask by themselves.",
    )
    .option(
      '--network <url>',
      "a network: a coordinator's address, or a network.json (default: RUSHES_URL, else the one on this machine)",
    )
    .option('--data <dir>', 'folder of a network on this machine (default: RUSHES_HOME/local)')
    .option('--account <address>', 'who gets it: 0x and 40 hexadecimal digits')
    .addOption(
      new Option(
        '--key <file>',
        "who gets it: the account of this key (default: the artist's in RUSHES_HOME)",
      ).conflicts('account'),
    )
    .option('--json', 'print one JSON object on stdout, everything else on stderr', false)
    .addHelpText(
      'after',
      `
Examples:
  rushes faucet --network http://192.0.2.7:8800
  rushes faucet --account 0x52908400098527886e0f7030069857d2e4169ee7`,
    )
    .action(
      async (
        flags: { network?: string; data?: string; account?: string; key?: string; json: boolean },
        command: Command,
      ) => {
        const { faucetCommand } = await import('./faucetCommand.js');
        await faucetCommand({ ...flags, given: givenOptions(command), context });
      },
    );
}
