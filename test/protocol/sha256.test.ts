import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bytesOfLatin1, concatBytes, latin1OfBytes } from '../../protocol/bytes.js';
import * as inNode from '../../protocol/sha256.js';
import * as inPage from '../../protocol/sha256.page.js';
import { propertyParameters } from '../support/propertySeed.js';

const bytes = fc.uint8Array({ maxLength: 300 });

describe('SHA-256 of a page', () => {
  it('has what that of Node has, by the same names', () => {
    assert.deepEqual(Object.keys(inPage).sort(), Object.keys(inNode).sort());
  });

  it('is that of Node, also over pieces and under a key', () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 4 }), bytes, (pieces, key) => {
        assert.deepEqual(new Uint8Array(inPage.sha256(...pieces)), new Uint8Array(inNode.sha256(...pieces)));
        assert.deepEqual(inPage.hmacSha256(key, ...pieces), inNode.hmacSha256(key, ...pieces));
      }),
      propertyParameters(300),
    );
  });

  it('compares bytes as that of Node does', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), fc.integer({ min: 0, max: 255 }), (a, at, change) => {
        const b = a.slice();
        if (b.length > 0) b[at % b.length]! ^= change;
        for (const other of [b, a.slice(1), a])
          assert.equal(inPage.equalBytes(a, other), inNode.equalBytes(a, other), `${a} and ${other}`);
      }),
      propertyParameters(300),
    );
  });
});

describe('bytes', () => {
  it('become characters and bytes again, and pieces one, as in a Buffer', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 20_000 }), { maxLength: 3 }), (pieces) => {
        const whole = concatBytes(pieces);
        assert.deepEqual(whole, new Uint8Array(Buffer.concat(pieces)));
        assert.equal(latin1OfBytes(whole), Buffer.from(whole).toString('latin1'));
        assert.deepEqual(bytesOfLatin1(latin1OfBytes(whole)), whole);
      }),
      propertyParameters(60),
    );
  });
});
