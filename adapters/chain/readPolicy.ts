import type { Address } from '../../protocol/ids.js';
import type { PolicyNumbers } from '../../protocol/policy.js';
import { plainFields, policyInterface } from './abiValues.js';
import type { Rpc } from './createRpc.js';

/** The numbers of a policy contract. */
export async function readPolicy({
  rpc,
  policy,
  signal,
}: {
  rpc: Rpc;
  policy: Address;
  signal: AbortSignal | undefined;
}): Promise<PolicyNumbers> {
  const data = policyInterface.encodeFunctionData('values');
  const answer = await rpc.send<string>('eth_call', [{ to: policy, data }, 'latest'], { signal });
  const fragment = policyInterface.getFunction('values');
  return plainFields(
    fragment.outputs?.[0]?.components ?? [],
    policyInterface.decodeFunctionResult(fragment, answer)[0] as unknown[],
  ) as unknown as PolicyNumbers;
}
