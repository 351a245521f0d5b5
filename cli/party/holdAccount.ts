import { join } from 'node:path';
import { FolderInUseError, type FolderLock, lockFolder } from '../../adapters/lockFolder.js';
import { RushesError } from '../../protocol/errors.js';
import type { Role } from '../../protocol/events.js';
import type { Address } from '../../protocol/ids.js';

/**
 * Holds an account on a contract for this process: two daemons of one key would take each other's nonces, and one would
 * open what the other rendered. Held twice, in the user's home and in the folder of its state, so that another home or
 * another folder changes nothing. What runs on another machine cannot be seen here. Throws `key-in-use`.
 */
export async function holdAccount(of: {
  home: string;
  dataDir: string;
  contract: Address;
  account: Address;
  role: Role;
}): Promise<Pick<FolderLock, 'release'>> {
  const { contract, account, role } = of;
  const held: FolderLock[] = [];
  const release = async (): Promise<void> => {
    for (const lock of held.splice(0).toReversed()) await lock.release();
  };
  try {
    for (const folder of [join(of.home, 'running'), of.dataDir])
      held.push(await lockFolder(join(folder, contract, account), `account ${account}`));
  } catch (error) {
    await release();
    if (!(error instanceof FolderInUseError)) throw error;
    const { pid } = error.facts as { pid: number };
    throw new RushesError({
      code: 'key-in-use',
      message: `account ${account} is at work on this machine already, in process ${pid}`,
      facts: { account, contract, pid },
      advice: `Stop it with \`kill ${pid}\`, or give this ${role} a key of its own.`,
      cause: error,
    });
  }
  return { release };
}
