import assert from 'node:assert/strict';
import { ChainState } from '../../../coordinator/store/ChainState.js';
import { rememberNamedDigests } from '../../../coordinator/uploads/namedDigests.js';
import { bytes32 } from '../../support/leaseFixtures.js';

describe('what the chain names', () => {
  it('is reckoned once for each head, and each time while there is none', () => {
    const digestsAt = rememberNamedDigests(60);
    const [state, other] = [new ChainState(), new ChainState()];
    const step = (of: ChainState, blockNumber: number): void =>
      void of.append([], { blockNumber, blockHash: bytes32('0b'), timestampSeconds: blockNumber });
    step(state, 5);
    const first = digestsAt(state);
    assert.equal(digestsAt(state), first);
    step(state, 6);
    const second = digestsAt(state);
    assert.notEqual(second, first);
    assert.equal(digestsAt(state), second);
    step(other, 6);
    assert.notEqual(digestsAt(other), second);
    state.rollBack(5);
    const rolledBack = digestsAt(state);
    assert.notEqual(digestsAt(state), rolledBack);
    step(state, 6);
    assert.equal(digestsAt(state), digestsAt(state));
  });
});
