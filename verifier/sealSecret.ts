import { bytesOfHex, u256, u64 } from '../protocol/bytes.js';
import { type Address, type Bytes32, type LeaseId, bytes32Of } from '../protocol/ids.js';
import { hmacSha256 } from '../protocol/sha256.js';

/**
 * The secret a seal is made with: HMAC of the verifier's key over the lease, so that nothing has to be remembered
 * between seal and reveal.
 */
export function sealSecret(options: { key: Bytes32; chainId: number; contract: Address; leaseId: LeaseId }): Bytes32 {
  return bytes32Of(
    hmacSha256(
      bytesOfHex(options.key),
      new TextEncoder().encode('rushes seal secret 1'),
      u256(BigInt(options.chainId)),
      bytesOfHex(options.contract),
      u64(options.leaseId),
    ),
  );
}
