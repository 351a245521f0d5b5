import { LOCAL_POLICY } from '../../adapters/chain/localPolicy.js';
import { describeFullDisk } from '../support/fullDisk.js';

// A third of a minute under a third of a local network's deadlines; fullDisk.long.test.ts waits for the whole.
const POLICY = { ...LOCAL_POLICY, leaseSeconds: 60, sealSeconds: 40, openSeconds: 60, revealSeconds: 60 };

describe('a disk that is full for a third of a minute under a third of the deadlines', function () {
  this.timeout(240_000);
  describeFullDisk({ policy: POLICY, fullMs: 20_000 });
});
