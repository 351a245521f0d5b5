import { type Command } from 'commander';
import { integerBetween, parseBytes } from '../options/parseValues.js';
import type { CommandContext } from '../options/CommandContext.js';
import { givenOptions } from '../options/refuseIdleOptions.js';

/** `rushes up`: a whole network on this machine that stays. */
export function addUpCommand(program: Command, context: CommandContext): void {
  program
    .command('up')
    .summary('bring up a whole network on this machine that stays')
    .description(
      'Brings up PostgreSQL, an EVM node, the IPFS endpoint, a coordinator, workers and verifiers, each as a process of its own, and keeps them until Ctrl-C.\nState is kept in a folder and used again the next time. `rushes render` in another terminal finds it by itself.',
    )
    .option('--data <dir>', 'folder of the network (default: RUSHES_HOME/local)')
    .option(
      '--port <n>',
      "the coordinator's port (default: the last one used, else a free one)",
      integerBetween(1, 65535),
    )
    .option('--workers <n>', 'workers', integerBetween(0, 64), 2)
    .option('--verifiers <n>', 'verifiers', integerBetween(0, 64), 3)
    .option(
      '--threads <n>',
      "render threads per worker (default: the machine's cores shared out)",
      integerBetween(1, 1024),
    )
    .option('--scene-memory <size>', 'memory that each scene may take, for instance 2GiB (default: 1GiB)', parseBytes)
    .option('--cheat <how>', 'let the first worker cheat, to see it caught: half-samples')
    .addHelpText(
      'after',
      `
Examples:
  rushes up
  rushes up --data /srv/rushes --port 8800 --workers 4 --threads 8

Jobs are paid with test money, which is worth nothing.`,
    )
    .action(
      async (
        flags: {
          data?: string;
          port?: number;
          workers: number;
          verifiers: number;
          threads?: number;
          sceneMemory?: number;
          cheat?: string;
        },
        command: Command,
      ) => {
        const { upCommand } = await import('./upCommand.js');
        await upCommand({ ...flags, given: givenOptions(command), context });
      },
    );
}
