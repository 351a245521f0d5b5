import { LOCAL_POLICY } from '../../adapters/chain/localPolicy.js';
import { describeStoppedParties } from '../support/stoppedParties.js';

describe('parties of a local network that are stopped for a minute', function () {
  this.timeout(480_000);
  describeStoppedParties({ policy: LOCAL_POLICY, stopMs: 60_000 });
});
