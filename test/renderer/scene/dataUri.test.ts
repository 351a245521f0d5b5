import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bytesOfDataUri } from '../../../renderer/scene/resolveScenePath.js';
import { propertyParameters } from '../../support/propertySeed.js';

describe('bytesOfDataUri', () => {
  it('gives the bytes back, whichever alphabet, with padding or without, escaped or broken into lines', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const base64 = Buffer.from(bytes).toString('base64');
        const texts = [
          base64,
          Buffer.from(bytes).toString('base64url'),
          base64.replaceAll('=', '%3D').replaceAll('+', '%2b'),
          base64.replace(/(.{7})/g, '$1\r\n '),
        ];
        for (const text of texts) assert.deepEqual(bytesOfDataUri(`data:a/b;base64,${text}`), bytes, text);
        const escaped = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
        assert.deepEqual(bytesOfDataUri(`data:,${escaped}`), bytes);
      }),
      propertyParameters(200),
    );
  });

  it('takes any digits as a Buffer does, and refuses what is none', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9+/_-]{0,40}={0,2}$/), (digits) => {
        const expected = new Uint8Array(Buffer.from(digits, 'base64'));
        assert.deepEqual(bytesOfDataUri(`data:;base64,${digits}`), expected, digits);
      }),
      propertyParameters(500),
    );
    for (const bad of ['AA*A', 'AA=A', 'A===', 'AAA\u0100'])
      assert.equal(bytesOfDataUri(`data:;base64,${bad}`), undefined);
    assert.equal(bytesOfDataUri('data:;base64'), undefined);
  });
});
