import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { makeVectors } from '../vectors/makeVectors.js';

describe('test vectors', () => {
  for (const [name, text] of Object.entries(makeVectors())) {
    it(`${name} is what protocol/ computes`, async () => {
      const stored = await readFile(new URL(`../vectors/${name}`, import.meta.url), 'utf8');
      assert.equal(
        stored,
        text,
        `make the vectors anew: npm run build && node dist/test/vectors/makeVectors.js test/vectors`,
      );
    });
  }
});
