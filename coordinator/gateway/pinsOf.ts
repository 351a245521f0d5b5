import { RushesError } from '../../protocol/errors.js';
import type { Pins } from '../uploads/bookUpload.js';
import type { Kubo } from './connectKubo.js';

/** A pin of many blocks walks all of them. */
const PIN_MS = 110_000;
/** Asked for inside a transaction: a node that hangs must not hold the few connections to the database for long. */
const LOOK_UP_MS = 5_000;

/**
 * The pins of a node. Whoever asked may be gone meanwhile: what is begun is brought to its end, so that it is known.
 */
export function pinsOf(kubo: Kubo): Pins {
  return {
    async has(cid) {
      const query = new URLSearchParams({ arg: cid, type: 'recursive' });
      const { statusCode, body } = await kubo.call('pin/ls', query, { signal: AbortSignal.timeout(LOOK_UP_MS) });
      const answer = await body.text();
      if (statusCode === 200) return true;
      if (answer.includes('not pinned')) return false;
      throw new Error(`the IPFS node does not say whether ${cid} is pinned: ${answer.slice(0, 200)}`);
    },
    async add(cid) {
      const query = new URLSearchParams({ arg: cid, offline: 'true' });
      const { statusCode, body } = await kubo.call('pin/add', query, { signal: AbortSignal.timeout(PIN_MS) });
      const answer = await body.text();
      if (statusCode === 200) return;
      throw new RushesError({
        code: 'block-not-found',
        message: `the IPFS node did not pin ${cid}: ${messageIn(answer)}`,
        facts: { cid },
      });
    },
  };
}

function messageIn(answer: string): string {
  try {
    return String((JSON.parse(answer) as { Message?: unknown }).Message);
  } catch {
    return answer.slice(0, 200);
  }
}
