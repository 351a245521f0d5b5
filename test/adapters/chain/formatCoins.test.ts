import assert from 'node:assert/strict';
import { formatCoins } from '../../../adapters/chain/formatCoins.js';

describe('coins of a chain, for people', () => {
  it('have four digits that count, and never promise more or ask less than there is', () => {
    const cases: [bigint, string, string][] = [
      [0n, '0', '0'],
      [1n, '0.000000000000000001', '0.000000000000000001'],
      [12_345n, '0.00000000000001235', '0.00000000000001234'],
      [10n ** 18n, '1', '1'],
      [1_234_567_890_123_456_789n, '1.235', '1.234'],
      [99_999n * 10n ** 16n, '1000', '999.9'],
      [123_456n * 10n ** 18n, '123500', '123400'],
    ];
    for (const [wei, up, down] of cases) {
      assert.equal(formatCoins(wei), up);
      assert.equal(formatCoins(wei, 'down'), down);
    }
  });
});
