import assert from 'node:assert/strict';
import { propertyParameters } from '../support/propertySeed.js';
import { fuzzScenes } from './fuzzScenes.js';

describe('scenes that somebody damaged or made up', function () {
  this.timeout(300_000);
  it('are drawn, or refused with a place and a reason, within time and memory', async () => {
    const { seed, numRuns } = propertyParameters(300);
    const { drawn, refused, faults } = await fuzzScenes({ seed, count: numRuns });
    assert.deepEqual(faults, []);
    assert.equal(drawn + refused, numRuns);
    // Neither kind is rare: scenes that are all refused at the door would try nothing.
    assert.ok(drawn > numRuns / 20 && refused > numRuns / 20, `${drawn} drawn, ${refused} refused`);
  });
});
