import { BadInputError, RushesError } from '../../protocol/errors.js';
import { freePort, LOOPBACK } from '../supervisor/freePort.js';
import { portIsFree } from './portIsFree.js';

/** TCP ports of what a network of this machine consists of. */
export interface Ports {
  rpc: number;
  ipfs: number;
  database: number;
  coordinator: number;
  faucet: number;
}

/**
 * The ports a network had before, where they are free still. An explicit port must be free, and the coordinator's
 * address one of this machine.
 */
export async function choosePorts(
  before: Ports | undefined,
  { port, host }: { port: number | undefined; host: string },
): Promise<Ports> {
  if (!(await portIsFree(0, host)))
    throw new BadInputError({
      message: `${host} is no address of this machine`,
      facts: { host },
      advice: 'give --host one of its addresses, or 0.0.0.0 or :: for all of them.',
    });
  if (port !== undefined && !(await portIsFree(port, host)))
    throw new RushesError({
      code: 'port-in-use',
      message: `port ${port} of ${host} is in use`,
      facts: { port, host },
      advice: 'choose another with --port, or leave --port out for a free one.',
    });
  const again = async (last: number | undefined, at = LOOPBACK): Promise<number> =>
    last !== undefined && (await portIsFree(last, at)) ? last : freePort();
  const [rpc, ipfs, database, coordinator, faucet] = await Promise.all([
    again(before?.rpc),
    again(before?.ipfs),
    again(before?.database),
    port ?? again(before?.coordinator, host),
    again(before?.faucet),
  ]);
  return { rpc, ipfs, database, coordinator, faucet };
}
