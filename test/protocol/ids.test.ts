import assert from 'node:assert/strict';
import { type Address, type Bytes32, type JobId, parseAddress, parseBytes32, parseJobId } from '../../protocol/ids.js';

// The compiler is what is tested here: a line below a `@ts-expect-error` that is no error fails the type check.
describe('ids', () => {
  const address = parseAddress(`0x${'12'.repeat(20)}`);
  const bytes32 = parseBytes32(`0x${'34'.repeat(32)}`);
  const jobId = parseJobId(`0x${'56'.repeat(32)}`);
  const takesJobId = (value: JobId): JobId => value;
  const takesAddress = (value: Address): Address => value;
  const takesBytes32 = (value: Bytes32): Bytes32 => value;

  it('are not taken for one another', () => {
    assert.equal(takesAddress(address), address);
    assert.equal(takesBytes32(bytes32), bytes32);
    // @ts-expect-error 32 bytes are no account
    takesAddress(bytes32);
    // @ts-expect-error an account is no 32 bytes
    takesBytes32(address);
    // @ts-expect-error an account is no job
    takesJobId(address);
    // @ts-expect-error not every 32 bytes are a job
    takesJobId(bytes32);
    assert.equal(takesBytes32(jobId), jobId);
    // @ts-expect-error text becomes an account by parseAddress alone
    takesAddress(`0x${'12'.repeat(20)}`);
  });
});
