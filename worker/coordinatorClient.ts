import { MalformedError, RushesError } from '../protocol/errors.js';
import { FieldReader } from '../protocol/fields.js';
import { parseJobId } from '../protocol/ids.js';
import type { SuggestionPort } from '../protocol/ports.js';

/** Milliseconds to wait for a suggestion: the worker picks by itself rather than wait longer. */
const DEADLINE_MS = 2000;

/** Asks a coordinator over HTTP what to take next. What it says is advice: the worker checks it against the chain like any other choice. */
export function createCoordinatorClient(options: { url: string }): SuggestionPort {
  return {
    async suggest({ worker, maxChunks, signal }) {
      const deadline = AbortSignal.timeout(DEADLINE_MS);
      const response = await fetch(new URL(`/v1/workers/${worker}/suggestion`, options.url), {
        method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ maxChunks }),
        signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
      });
      if (response.status === 204) return undefined;
      if (!response.ok) {
        await response.body?.cancel();
        throw new RushesError({ code: 'coordinator-refused', message: `the coordinator at ${options.url} answers ${response.status}`, facts: { url: options.url, status: response.status } });
      }
      const fields = new FieldReader(await response.json(), 'suggestion', ['jobId', 'word', 'mask']);
      const mask = fields.string('mask', 80);
      if (!/^(0x[0-9a-fA-F]{1,64}|[0-9]{1,78})$/.test(mask)) throw new MalformedError({ what: 'suggestion', reason: 'its mask is no number' });
      return { jobId: fields.parsed('jobId', parseJobId), word: fields.integer('word', 0, 0xffffffff), mask: BigInt(mask) };
    },
  };
}
