import type { Command } from 'commander';
import type { CommandContext } from '../options/CommandContext.js';

/** `rushes key show|encrypt|export|import`: the keys of this user's accounts. */
export function addKeyCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('key')
    .summary('show the accounts of this user, encrypt a key, take it elsewhere, bring one here')
    .description(
      'A key is a file that only its user can read: 64 hexadecimal digits, or an Ethereum keystore (version 3), encrypted with a passphrase. Every command takes either; the passphrase is that of RUSHES_PASSPHRASE, of the file that RUSHES_PASSPHRASE_FILE names, or asked for.',
    )
    .addHelpText(
      'after',
      `
Examples:
  rushes key show
  rushes key encrypt ~/.rushes/keys/worker.key
  rushes key export ~/.rushes/keys/artist.key artist.json
  rushes key import artist.json ~/.rushes/keys/artist.key`,
    );
  command
    .command('show')
    .description('list accounts and where their keys are; no key is shown')
    .argument('[file]', 'a key file (default: all in RUSHES_HOME)')
    .option('--json', 'print one JSON object on stdout, everything else on stderr', false)
    .action(async (file: string | undefined) => {
      const { showKeys } = await import('./keyCommands.js');
      await showKeys({ file, context });
    });
  command
    .command('encrypt')
    .description('put an encrypted keystore in the place of a plain key')
    .argument('<file>', 'a key file')
    .action(async (file: string) => {
      const { encryptKeyFile } = await import('./keyCommands.js');
      await encryptKeyFile({ file, context });
    });
  command
    .command('export')
    .description('write a key as an encrypted Ethereum keystore')
    .argument('<file>', 'a key file')
    .argument('<out>', 'the keystore to write')
    .action(async (file: string, out: string) => {
      const { exportKey } = await import('./keyCommands.js');
      await exportKey({ file, out, context });
    });
  command
    .command('import')
    .description('make a key file of an Ethereum keystore, or of 64 hexadecimal digits')
    .argument('<file>', 'the keystore, or a key file')
    .argument('<out>', 'the key file to write')
    .action(async (file: string, out: string) => {
      const { importKey } = await import('./keyCommands.js');
      await importKey({ file, out, context });
    });
}
