import { type Command, Option } from 'commander';
import { integerBetween, parseBytes } from '../options/parseValues.js';
import type { CommandContext } from '../options/CommandContext.js';
import { addPartyOptions } from '../party/addPartyOptions.js';
import type { PartyFlags } from '../party/partyCommand.js';

/** `rushes verifier`: audits for pay. */
export function addVerifierCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('verifier')
    .summary('run a verifier: renders what is drawn once more, blind, and is paid per audit')
    .description('`rushes join --as verifier` with everything spelled out: for services and scripts. Nothing is asked.')
    .requiredOption('--network <file|url>', 'network.json, or the address of a coordinator')
    .option('--key <file>', 'private key, made when missing (default: one kept in RUSHES_HOME)')
    .option('--data <dir>', 'folder for its state (default: RUSHES_HOME/verifier)')
    .option('--threads <n>', 'render threads', integerBetween(1, 1024), 1)
    .option('--scene-memory <size>', 'memory that each scene may take, for instance 2GiB (default: 1GiB)', parseBytes)
    .option('--nice <n>', 'priority from 0 (normal) to 19 (last)', integerBetween(0, 19), 0)
    .addOption(new Option('--await-network', 'wait for the network file to appear').hideHelp());
  addPartyOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  rushes verifier --network http://127.0.0.1:8800
  rushes verifier --network network.json --key verifier.key --nice 10`,
    )
    .action(async (flags: PartyFlags) => {
      const { partyCommand } = await import('../party/partyCommand.js');
      await partyCommand({ ...flags, role: 'verifier', context });
    });
}
