import { BadInputError } from '../../protocol/errors.js';
import type { Address } from '../../protocol/ids.js';
import { readContractCode } from './contractCode.js';
import type { Rpc } from './createRpc.js';
import { holdsCodeOf } from './holdsCodeOf.js';

/** The token is worth something, or may be. */
export class RealMoneyError extends BadInputError {
  constructor(token: string) {
    super({
      code: 'real-money',
      message: `the token at ${token} is not the test token, and until the protocol is safe with real money a network pays in test money alone`,
      facts: { token },
      advice: 'use a network that pays in test money.',
    });
  }
}

/**
 * Throws RealMoneyError unless a token has the code of the test token, which is worth nothing because anybody can make
 * as much of it as they like.
 */
export async function refuseRealMoney({
  rpc,
  token,
  signal,
}: {
  rpc: Rpc;
  token: Address;
  signal?: AbortSignal | undefined;
}): Promise<void> {
  const code = await readContractCode();
  if (!(await holdsCodeOf({ rpc, address: token, creation: code.creation('TestToken'), signal })))
    throw new RealMoneyError(token);
}
