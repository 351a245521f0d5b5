import { CID } from 'multiformats/cid';
import { RushesError } from '../../protocol/errors.js';
import type { Address } from '../../protocol/ids.js';
import type { Kubo } from '../gateway/connectKubo.js';
import { isRefused, type RefusedList } from './parseRefusedList.js';

const LOOK_UP_MS = 20_000;

/** The operator of this coordinator refuses it. */
export class RefusedHereError extends RushesError {
  constructor(what: string) {
    super({
      code: 'refused-here',
      message: `the operator of this coordinator has nothing to do with ${what}`,
      facts: { what },
      advice: 'Ask the contact of the network; chain and contract are open to everybody all the same.',
    });
  }
}

/** Throws RefusedHereError for an account on the list. */
export function refuseAccount(list: RefusedList, account: Address): void {
  if (list.accounts.has(account)) throw new RefusedHereError(account);
}

/** Throws RefusedHereError for a CID on the list, in any of the forms it can be written in. */
export function refuseCid(list: RefusedList, cid: string): void {
  if (list.digests.size > 0 && isRefused(list, CID.parse(cid))) throw new RefusedHereError(cid);
}

/**
 * Throws RefusedHereError where a call for a path is one for something on the list: its root, or what a step below it
 * leads to. A call that carries whole trees away is refused while there is a list: they would have to be gone through.
 */
export async function refusePath(
  list: RefusedList,
  { kubo, name, path }: { kubo: Kubo; name: string; path: string },
): Promise<void> {
  if (list.digests.size === 0) return;
  if (name === 'dag/export') throw new RefusedHereError('whole trees, since it refuses parts of some');
  const [root = '', ...steps] = path.split('/').filter((step) => step !== '');
  refuseCid(list, root);
  let above = root;
  for (const step of steps) {
    const found = await findLink(kubo, above, step);
    // What leads nowhere is for the node to say.
    if (found === undefined) return;
    refuseCid(list, found);
    above = found;
  }
}

/** What a name in a directory of the node stands for. */
async function findLink(kubo: Kubo, directory: string, name: string): Promise<string | undefined> {
  const query = new URLSearchParams({ arg: directory, offline: 'true', 'resolve-type': 'false', size: 'false' });
  const { statusCode, body } = await kubo.call('ls', query, { signal: AbortSignal.timeout(LOOK_UP_MS) });
  const text = await body.text();
  if (statusCode !== 200) return undefined;
  const { Objects: objects } = JSON.parse(text) as { Objects: { Links?: { Name: string; Hash: string }[] | null }[] };
  return objects[0]?.Links?.find((link) => link.Name === name)?.Hash;
}
