import type { Kubo } from '../gateway/connectKubo.js';

/** Unpins; unpinned already is what was wanted. Throws when the node does not. */
export async function unpin(kubo: Kubo, cid: string, signal: AbortSignal): Promise<void> {
  const { statusCode, body } = await kubo.call('pin/rm', new URLSearchParams({ arg: cid }), { signal });
  const answer = await body.text();
  if (statusCode !== 200 && !answer.includes('not pinned'))
    throw new Error(`the IPFS node did not unpin ${cid}: ${answer.slice(0, 200)}`);
}
