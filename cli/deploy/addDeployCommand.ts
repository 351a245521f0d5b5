import { type Command } from 'commander';
import type { CommandContext } from '../options/CommandContext.js';

/** `rushes deploy`: puts the contracts on an EVM chain. */
export function addDeployCommand(program: Command, context: CommandContext): void {
  program
    .command('deploy')
    .summary('put the contracts on an EVM chain and write network.json')
    .description(
      "Deploys the contract, its libraries, a policy and a test token on a chain with the rules of Prague, and writes the network's public description. The key pays the gas and has no right over anything after. A deployment that breaks off goes on when the same command is run again.",
    )
    .requiredOption('--rpc <url>', "a node's JSON-RPC address; it goes into network.json, which is public")
    .requiredOption('--key <file>', "the deployer's private key; made when missing")
    .option('--token <address>', 'a test token that is there already (default: one is deployed)')
    .option('--name <name>', "the network's name, for people (default: chain-ID)")
    .option('--out <file>', 'where the description goes', 'network.json')
    .option('--json', 'print one JSON object on stdout, everything else on stderr', false)
    .addHelpText(
      'after',
      `
Examples:
  rushes deploy --rpc http://127.0.0.1:8545 --key deployer.key
  rushes up --network network.json

A network pays in test money, which is worth nothing: another token is refused.`,
    )
    .action(async (flags: { rpc: string; key: string; token?: string; name?: string; out: string }) => {
      const { deployCommand } = await import('./deployCommand.js');
      await deployCommand({ ...flags, context });
    });
}
