import { LOCAL_POLICY } from '../../adapters/chain/localPolicy.js';
import { describeStoppedParties } from '../support/stoppedParties.js';

// A sixth of a minute under a sixth of a local network's deadlines; stoppedParties.long.test.ts waits for the whole.
const POLICY = { ...LOCAL_POLICY, leaseSeconds: 30, sealSeconds: 20, openSeconds: 30, revealSeconds: 30 };

describe('parties that are stopped for a sixth of a minute under a sixth of the deadlines', function () {
  this.timeout(180_000);
  describeStoppedParties({ policy: POLICY, stopMs: 10_000 });
});
