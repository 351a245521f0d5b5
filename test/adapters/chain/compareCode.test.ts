import assert from 'node:assert/strict';
import { matchCode } from '../../../adapters/chain/compareCode.js';
import { bytesOfHex } from '../../../protocol/bytes.js';

// What deploys: a constructor with a library, then the code: PUSH32 immutable, PUSH20 library, STOP.
const LIBRARY = 'ab'.repeat(20);
const IMMUTABLE = '00'.repeat(31) + '07';
const compiled = {
  runtimeBytes: 55,
  bytecode: `0x${'00'.repeat(20)}c0de7f${'00'.repeat(32)}73${'00'.repeat(20)}00`,
  links: { Roster: [22 + 33 + 1], PolicyRules: [0] },
};
const code = (text: string) => matchCode(bytesOfHex(`0x${text}`), compiled);

describe('code on the chain', () => {
  const good = `7f${IMMUTABLE}73${LIBRARY}00`;

  it('is the same whatever its immutable values and libraries are, and tells where those are', () => {
    assert.deepEqual(code(good), { Roster: `0x${LIBRARY}` });
    assert.deepEqual(code(`7f${'ff'.repeat(32)}73${'01'.repeat(20)}00`), { Roster: `0x${'01'.repeat(20)}` });
  });

  it('is another where any other byte is, or its length', () => {
    for (let at = 0; at < good.length / 2; at++) {
      const isFilledIn = (at >= 1 && at <= 32) || (at >= 34 && at <= 53);
      const bytes = bytesOfHex(`0x${good}`);
      bytes[at]! ^= 1;
      assert.equal(matchCode(bytes, compiled) === undefined, !isFilledIn, `byte ${at}`);
    }
    for (const text of ['', good.slice(2), `${good}00`, `c0de${good}`]) assert.equal(code(text), undefined, text);
  });

  it('of a library begins with its own address', () => {
    const library = { runtimeBytes: 22, bytecode: `0xc0de73${'00'.repeat(20)}30`, links: {} };
    const own = bytesOfHex(`0x73${LIBRARY}30`);
    assert.deepEqual(matchCode(own, library, { isLibrary: true }), {});
    assert.equal(matchCode(own, library), undefined);
  });
});
