import { type Command, Option } from 'commander';
import { integerBetween, parseBytes } from '../options/parseValues.js';
import type { CommandContext } from '../options/CommandContext.js';
import { addPartyOptions } from '../party/addPartyOptions.js';
import type { PartyFlags } from '../party/partyCommand.js';

/** `rushes worker`: renders for pay. */
export function addWorkerCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('worker')
    .summary('run a worker: takes leases, renders, is paid for what passes its audit')
    .description('`rushes join` with everything spelled out: for services and scripts. Nothing is asked.')
    .requiredOption('--network <file|url>', 'network.json, or the address of a coordinator')
    .option('--key <file>', 'private key, made when missing (default: one kept in RUSHES_HOME)')
    .option('--data <dir>', 'folder for its state (default: RUSHES_HOME/worker)')
    .option('--threads <n>', "render threads (default: the machine's cores)", integerBetween(1, 1024))
    .option('--scene-memory <size>', 'memory that each scene may take, for instance 2GiB (default: 1GiB)', parseBytes)
    .option('--nice <n>', 'priority from 0 (normal) to 19 (last)', integerBetween(0, 19), 0)
    .option('--cheat <how>', 'on test money only, to see cheating caught: half-samples')
    .addOption(new Option('--await-network', 'wait for the network file to appear').hideHelp());
  addPartyOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  rushes worker --network http://127.0.0.1:8800
  rushes worker --network network.json --key worker.key --threads 4 --max-stake 1000`,
    )
    .action(async (flags: PartyFlags) => {
      const { partyCommand } = await import('../party/partyCommand.js');
      await partyCommand({ ...flags, role: 'worker', context });
    });
}
