import assert from 'node:assert/strict';
import { type Address, type Bytes32, parseAddress, parseBytes32 } from '../../protocol/ids.js';

// The compiler is what is tested here: a line below a `@ts-expect-error` that is no error fails the type check.
describe('ids', () => {
  const address = parseAddress(`0x${'12'.repeat(20)}`);
  const bytes32 = parseBytes32(`0x${'34'.repeat(32)}`);
  const takesAddress = (value: Address): Address => value;
  const takesBytes32 = (value: Bytes32): Bytes32 => value;

  it('are not taken for one another', () => {
    assert.equal(takesAddress(address), address);
    assert.equal(takesBytes32(bytes32), bytes32);
    // @ts-expect-error 32 bytes are no account
    takesAddress(bytes32);
    // @ts-expect-error text becomes an account by parseAddress alone
    takesAddress(`0x${'12'.repeat(20)}`);
  });
});
