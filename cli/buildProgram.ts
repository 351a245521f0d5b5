import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addCancelCommand } from './cancel/addCancelCommand.js';
import { addCheckCommand } from './check/addCheckCommand.js';
import { addCoordinatorCommand } from './coordinator/addCoordinatorCommand.js';
import { addDeployCommand } from './deploy/addDeployCommand.js';
import { addDoctorCommand } from './doctor/addDoctorCommand.js';
import { addFaucetCommand } from './faucet/addFaucetCommand.js';
import { addJoinCommand } from './join/addJoinCommand.js';
import { addFetchCommand } from './fetch/addFetchCommand.js';
import { addEarningsCommand } from './earnings/addEarningsCommand.js';
import { addJobsCommand } from './jobs/addJobsCommand.js';
import { addKeyCommand } from './key/addKeyCommand.js';
import { addServiceCommand } from './service/addServiceCommand.js';
import { addLeaveCommand } from './leave/addLeaveCommand.js';
import { addQuoteCommand } from './quote/addQuoteCommand.js';
import { addRenderCommand } from './render/addRenderCommand.js';
import { addStatusCommand } from './status/addStatusCommand.js';
import { addUpCommand } from './up/addUpCommand.js';
import { addVerifierCommand } from './verifier/addVerifierCommand.js';
import { addWishCommands } from './wish/addWishCommands.js';
import { addWorkerCommand } from './worker/addWorkerCommand.js';
import type { CommandContext } from './options/CommandContext.js';

/** The command line of `rushes`: every command with its options. */
export function buildProgram(context: CommandContext): Command {
  const program = new Command('rushes')
    .description('Renders three.js scenes on machines nobody vouches for, and pays only for what was checked.')
    .version(readVersion(), '-V, --version')
    .showSuggestionAfterError()
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => process.stdout.write(text),
      // Errors are reported once, by `report`.
      writeErr: (text) => (text.startsWith('error:') ? undefined : process.stderr.write(text)),
    })
    .addHelpText(
      'after',
      `
Examples:
  rushes quote scene.glb --samples 256               what it would cost and take, before anything is paid
  rushes render scene.glb                            a picture or an animation, on a network of this machine
  rushes render scene.glb --env sky.hdr --size 1280x720 --samples 128
  rushes render scene.glb --local                    this machine's engine alone: the same pixels
  rushes up                                          a whole network that stays; render in another terminal
  rushes join http://192.0.2.7:8800                  work for a network, as a worker or verifier
  rushes fetch 0x3fa9 --tone agx                     the pictures of a job again, developed otherwise, for nothing
  rushes check scene.glb                             what is missing or cannot be drawn, before anything is paid
  rushes doctor                                      what works on this machine

Environment:
  RUSHES_URL            the network to use, like --network
  RUSHES_HOME           where keys and the local network live (default ~/.rushes)
  RUSHES_IPFS_API_URL   an IPFS endpoint (Kubo RPC) for a network in place of its own
  RUSHES_DATABASE_URL   a PostgreSQL for the coordinator in place of the embedded one
  RUSHES_REFUSED        a file of CIDs and accounts that a coordinator has nothing to do with
  RUSHES_PASSPHRASE     the passphrase of encrypted keys; RUSHES_PASSPHRASE_FILE names a file with it
  RUSHES_DEBUG          show stack traces, and in the logs every decision
  NO_COLOR              no colours

Exit codes: 0 done, 1 failed, 2 bad input, 130 interrupted.`,
    );
  for (const add of [
    addQuoteCommand,
    addRenderCommand,
    addFetchCommand,
    addCheckCommand,
    addUpCommand,
    addStatusCommand,
    addJobsCommand,
    addWishCommands,
    addCancelCommand,
    addJoinCommand,
    addLeaveCommand,
    addEarningsCommand,
    addKeyCommand,
    addServiceCommand,
    addFaucetCommand,
    addDeployCommand,
    addDoctorCommand,
    addCoordinatorCommand,
    addWorkerCommand,
    addVerifierCommand,
  ])
    add(program, context);
  return program;
}

function readVersion(): string {
  // Two folders up from dist/cli/.
  return (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string })
    .version;
}
