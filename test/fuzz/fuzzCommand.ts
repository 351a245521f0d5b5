// npm run fuzz:scenes -- --seed N --count N [--first N]
import { parseArgs } from 'node:util';
import { fuzzScenes } from './fuzzScenes.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() & 0x7fffffff) },
    count: { type: 'string', default: '20000' },
    first: { type: 'string', default: '0' },
  },
});
const [seed, count, first] = [Number(values.seed), Number(values.count), Number(values.first)];
console.log(`seed ${seed}, scenes ${first} to ${first + count - 1}`);
const beganAtMs = Date.now();
const { drawn, refused, faults, peakBytes } = await fuzzScenes({
  seed,
  count,
  first,
  onProgress: (done) => {
    if ((done - first) % 1000 === 0) console.log(`${done - first} tried after ${Date.now() - beganAtMs} ms`);
  },
});
for (const { index, story, what } of faults.slice(0, 40))
  console.log(`\nscene ${index} (${story.join('; ')}):\n${what}`);
console.log(
  `\n${drawn} drawn, ${refused} refused, ${faults.length} faults; the most memory above the start: ${(peakBytes / 2 ** 20).toFixed(0)} MiB`,
);
process.exitCode = faults.length === 0 ? 0 : 1;
