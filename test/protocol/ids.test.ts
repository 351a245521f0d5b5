import assert from 'node:assert/strict';
import { BadInputError } from '../../protocol/errors.js';
import {
  type Address,
  type Bytes32,
  type Cid,
  type JobId,
  type LeaseId,
  parseAddress,
  parseBytes32,
  parseJobId,
  parseLeaseId,
  rawCidOfDigest,
} from '../../protocol/ids.js';

// The compiler is what is tested here: a line below a `@ts-expect-error` that is no error fails the type check.
describe('ids', () => {
  const address = parseAddress(`0x${'12'.repeat(20)}`);
  const bytes32 = parseBytes32(`0x${'34'.repeat(32)}`);
  const jobId = parseJobId(`0x${'56'.repeat(32)}`);
  const takesJobId = (value: JobId): JobId => value;
  const cid = rawCidOfDigest(bytes32);
  const takesCid = (value: Cid): Cid => value;
  const takesLeaseId = (value: LeaseId): LeaseId => value;
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
    assert.equal(takesCid(cid), cid);
    // @ts-expect-error 32 bytes are no CID
    takesCid(bytes32);
    // @ts-expect-error text becomes a CID by parseCid or rawCidOfDigest alone
    takesCid('bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e');
    // @ts-expect-error a CID is no 32 bytes
    takesBytes32(cid);
    // @ts-expect-error an index of a chunk is no lease
    takesLeaseId(7);
    assert.equal(takesLeaseId(parseLeaseId(7)), 7);
    for (const value of [0, -1, 1.5, 2 ** 53, '1', undefined]) assert.throws(() => parseLeaseId(value), BadInputError);
    // @ts-expect-error text becomes an account by parseAddress alone
    takesAddress(`0x${'12'.repeat(20)}`);
  });
});
