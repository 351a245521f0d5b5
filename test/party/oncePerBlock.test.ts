import assert from 'node:assert/strict';
import { oncePerBlock } from '../../party/oncePerBlock.js';
import { createLedger } from '../../protocol/ledger.js';

describe('what follows from the ledger alone', () => {
  it('is reckoned when it is asked for, once per chain block, and anew after a rollback', () => {
    const daemon = { ledger: createLedger(), blockNumber: 7 };
    const reckoned: unknown[] = [];
    const value = oncePerBlock(daemon, (ledger) => reckoned.push(ledger));
    assert.deepEqual(reckoned, []);
    assert.deepEqual([value(), value()], [1, 1]);
    daemon.blockNumber = 8;
    assert.deepEqual([value(), value()], [2, 2]);
    // As many blocks as before, of another chain.
    daemon.ledger = createLedger();
    assert.deepEqual([value(), value()], [3, 3]);
    assert.equal(reckoned[2], daemon.ledger);
  });
});
