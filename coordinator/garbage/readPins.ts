import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Kubo } from '../gateway/connectKubo.js';

/** The recursive pins of a node, some at a time: a node may have millions. Throws when it does not answer. */
export async function* readPins(
  kubo: Kubo,
  { most, signal }: { most: number; signal: AbortSignal },
): AsyncGenerator<string[]> {
  const query = new URLSearchParams({ type: 'recursive', stream: 'true' });
  let cids: string[] = [];
  for await (const line of readLines(kubo, 'pin/ls', query, signal)) {
    const { Cid: cid } = line as { Cid?: string };
    if (cid === undefined) throw new Error('the IPFS node lists its pins in a form that is not known');
    if (cids.push(cid) < most) continue;
    yield cids;
    cids = [];
  }
  if (cids.length > 0) yield cids;
}

/** The lines of JSON that a node answers a call with. */
export async function* readLines(
  kubo: Kubo,
  name: string,
  query: URLSearchParams,
  signal: AbortSignal,
): AsyncGenerator<unknown> {
  // It may be silent for as long as it thinks.
  const { statusCode, body } = await kubo.call(name, query, { signal, isPatient: true });
  if (statusCode !== 200) throw new Error(`the IPFS node refuses ${name}: ${(await body.text()).slice(0, 300)}`);
  for await (const line of createInterface({ input: body as unknown as Readable, crlfDelay: Infinity }))
    if (line !== '') yield JSON.parse(line) as unknown;
}
