// What one who only knows a URL does there, in a process of its own, since a CA is given to a process at its start:
// stores a large file over it, signed, and watches a stream of events. Says what came of it in one line of JSON.
import { randomBytes } from 'node:crypto';
import { createObjectStore } from '../../adapters/ipfs/createObjectStore.js';
import { signRequests } from '../../adapters/http/signRequests.js';
import { parseNetworkDescription } from '../../protocol/network.js';

const [url = '', key = '', bytes = '0'] = process.argv.slice(2);
const answer = await fetch(`${url}/v1/network`);
const network = parseNetworkDescription(await answer.text());

// The first event comes while the stream goes on: nobody on the way waits for its end.
const stream = await fetch(`${url}/v1/changes`, { headers: { accept: 'text/event-stream' } });
const reader = stream.body!.getReader();
const { value: first } = await reader.read();
await reader.cancel();

const content = randomBytes(Number(bytes));
const store = createObjectStore({ apiUrl: network.ipfsApiUrl, signer: signRequests({ network, key }) });
const cid = await store.putFile(content, { deadlineMs: 300_000 });
const back = await store.getFile(cid);
console.log(
  JSON.stringify({
    network,
    streamType: stream.headers.get('content-type'),
    firstBytes: first?.length ?? 0,
    isSame: Buffer.compare(back, content) === 0,
  }),
);
