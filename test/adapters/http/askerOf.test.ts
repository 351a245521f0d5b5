import assert from 'node:assert/strict';
import { askerOf } from '../../../adapters/http/askerOf.js';

describe('who counts as one asker', () => {
  const CASES: [string, string][] = [
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002:ffff::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['[2001:db8::1]', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['64:ff9b::203.0.113.7', '64:ff9b:0:0::/64'],
    ['', 'unknown'],
    ['nonsense', 'unknown'],
    ['203.0.113.7, 198.51.100.1', 'unknown'],
  ];
  for (const [address, asker] of CASES)
    it(`${JSON.stringify(address)} is ${asker}`, () => assert.equal(askerOf(address), asker));
});
