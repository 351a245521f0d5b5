import { LOCAL_POLICY } from '../../adapters/chain/localPolicy.js';
import { describeFullDisk } from '../support/fullDisk.js';

describe('a disk that is full for a minute', function () {
  this.timeout(480_000);
  describeFullDisk({ policy: LOCAL_POLICY, fullMs: 60_000 });
});
