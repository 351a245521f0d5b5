import { bytesOfHex, u256, u64 } from '../protocol/bytes.js';
import type { Address, Bytes32, LeaseId } from '../protocol/ids.js';
import { hmacSha256 } from '../protocol/sha256.js';

/**
 * The 32-byte secret that a lease's salts come from: HMAC of the worker's key over the lease, so that nothing has to be
 * remembered.
 */
export function leaseSecret(options: {
  key: Bytes32;
  chainId: number;
  contract: Address;
  leaseId: LeaseId;
}): Uint8Array {
  return hmacSha256(
    bytesOfHex(options.key),
    new TextEncoder().encode('rushes lease secret 1'),
    u256(BigInt(options.chainId)),
    bytesOfHex(options.contract),
    u64(options.leaseId),
  );
}
