import type { Address } from '../../protocol/ids.js';
import { RpcError } from './chainErrors.js';
import type { Rpc } from './createRpc.js';

/**
 * Whether an account of the chain holds the code that a creation would leave there. The chain is asked to try the
 * creation, so this needs no second copy of the compiled code, and constants that the constructor sets are compared
 * too. What is in the contract's storage is not.
 */
export async function holdsCodeOf({
  rpc,
  address,
  creation,
  signal,
}: {
  rpc: Rpc;
  address: Address;
  creation: string;
  signal: AbortSignal | undefined;
}): Promise<boolean> {
  const [found, expected] = await Promise.all([
    rpc.send<string>('eth_getCode', [address, 'latest'], { signal }),
    rpc.send<string>('eth_call', [{ data: creation }, 'latest'], { signal }).catch((error: unknown) => {
      // A constructor that refuses here would have refused there.
      if (error instanceof RpcError) return '0x';
      throw error;
    }),
  ]);
  if (found === '0x' || found.length !== expected.length) return false;
  return withoutAddress(found, found, address) === withoutAddress(expected, found, address);
}

/** Code with zeros where `found` has the contract's own address: a library knows its own. */
function withoutAddress(code: string, found: string, address: Address): string {
  const own = address.slice(2);
  let masked = code.toLowerCase();
  for (let at = found.toLowerCase().indexOf(own); at >= 0; at = found.toLowerCase().indexOf(own, at + 1))
    masked = masked.slice(0, at) + '0'.repeat(own.length) + masked.slice(at + own.length);
  return masked;
}
