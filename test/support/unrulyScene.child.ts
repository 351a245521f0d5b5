// Stands in for the process that prepares a scene, and does what a scene that took it over might: its argument says.
import { endWithParent } from '../../renderer/endWithParent.js';
import { readMessageSync, writeMessageSync } from '../../renderer/messageFraming.js';
import type { PrepareRequest } from '../../renderer/PrepareMessages.js';

const CHANNEL = 3;
endWithParent(4);
writeMessageSync(CHANNEL, { kind: 'ready' });
let open = readMessageSync<PrepareRequest>(CHANNEL)?.message;
readMessageSync(CHANNEL);
const behaviour = open?.kind === 'open' ? open.scene.entry : '';
open = undefined;

const kept: unknown[] = [];
if (behaviour === 'eats memory') for (;;) kept.push(new Uint8Array(1 << 20).fill(1));
if (behaviour === 'eats its heap') for (;;) kept.push(Array.from({ length: 1 << 16 }, (_, i) => ({ i })));
if (behaviour === 'never answers') for (;;) kept.length = 0;
if (behaviour === 'sends without end')
  writeMessageSync(CHANNEL, { kind: 'prepared', buffers: [] }, [new Uint8Array(2 ** 28)]);
if (behaviour === 'answers another question') {
  writeMessageSync(CHANNEL, { kind: 'lit', width: 1, height: 1 });
  for (;;) kept.length = 0;
}
if (behaviour === 'sends noise') writeMessageSync(CHANNEL, 'noise');
process.exit(7);
