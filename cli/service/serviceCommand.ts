import { rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BadInputError } from '../../protocol/errors.js';
import type { Role } from '../../protocol/events.js';
import { makeFolder } from '../files/makeFolder.js';
import type { CommandContext } from '../options/CommandContext.js';
import { readPassphraseFile } from '../keys/passphraseOf.js';
import { describeUnit } from './describeUnit.js';

/** Runs `rushes service install`: writes a unit, and says how it is started. */
export async function installService({
  url,
  as: role,
  threads,
  passphraseFile: stated,
  context,
}: {
  url: string;
  as: Role;
  threads?: number;
  /** Default: the one of RUSHES_PASSPHRASE_FILE. */
  passphraseFile?: string;
  context: CommandContext;
}): Promise<void> {
  const { env, terminal } = context;
  const path = unitPath(role);
  // A service has nobody to ask: what it will not be able to read is found out now.
  const passphraseFile = stated ?? env.passphraseFile;
  if (passphraseFile !== undefined) await readPassphraseFile(passphraseFile);
  const unit = describeUnit({
    node: process.execPath,
    program: fileURLToPath(new URL('../../../bin/rushes.js', import.meta.url)),
    home: env.home,
    url,
    role,
    threads,
    passphraseFile: passphraseFile === undefined ? undefined : resolve(passphraseFile),
  });
  await makeFolder(join(path, '..'));
  await writeFile(path, unit, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
    throw new BadInputError({
      code: 'bad-usage',
      message: `there is a service of a ${role} already: ${path}`,
      facts: { path },
      advice: 'remove it with `rushes service remove` first.',
      cause: error,
    });
  });
  terminal.line(`written: ${path}; it agrees to the stake without asking`);
  terminal.line(`start it:          systemctl --user daemon-reload && systemctl --user enable --now ${unitName(role)}`);
  terminal.line('without a login:   loginctl enable-linger');
  terminal.line(`what it says:      journalctl --user -u ${unitName(role)} -f`);
}

/** Runs `rushes service remove`. */
export async function removeService({ as: role, context }: { as: Role; context: CommandContext }): Promise<void> {
  const path = unitPath(role);
  await rm(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new BadInputError({
      code: 'bad-usage',
      message: `there is no service of a ${role}: ${path} does not exist`,
      facts: { path },
      advice: 'see --as.',
      cause: error,
    });
  });
  context.terminal.line(`removed: ${path}`);
  context.terminal.line(`if it runs, end it: systemctl --user stop ${unitName(role)}; systemctl --user daemon-reload`);
}

function unitName(role: Role): string {
  return `rushes-${role}.service`;
}

/** Where systemd looks for the units of a user. */
function unitPath(role: Role): string {
  const config = process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config');
  return join(config, 'systemd', 'user', unitName(role));
}
