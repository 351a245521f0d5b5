import { existsSync } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { urlBelow } from '../../adapters/http/urlBelow.js';
import { RealMoneyError } from '../../adapters/chain/refuseRealMoney.js';
import { BadInputError, RushesError } from '../../protocol/errors.js';
import {
  type DeployedNetwork,
  type NetworkDescription,
  parseDeployedNetwork,
  parseNetworkDescription,
} from '../../protocol/network.js';

/** A network as somebody described it. */
export interface DescribedNetwork {
  network: NetworkDescription;
  /** Unix milliseconds of the server that described it, where it said its time. */
  serverMs: number | undefined;
}

/**
 * The description of a network, from a file or from a coordinator's address (GET /v1/network). Throws BadInputError for
 * a missing or wrong file and RushesError when nothing answers. With `awaitFile` a file that is not there yet is waited
 * for: the network is coming up.
 */
export async function readNetwork(
  source: string,
  signal?: AbortSignal,
  options: { awaitFile?: boolean } = {},
): Promise<NetworkDescription> {
  return (await askNetwork(source, signal, options)).network;
}

/** The same, with the time that the server says it is. */
export async function askNetwork(
  source: string,
  signal?: AbortSignal,
  { awaitFile = false } = {},
): Promise<DescribedNetwork> {
  if (awaitFile) await fileThere(source, signal);
  const { text, serverMs } = await readText(source, signal);
  return { network: refuseRealMoney(parseNetworkDescription(text)), serverMs };
}

/** The same for what `rushes deploy` wrote, which may be without the addresses of services. */
export async function readDeployedNetwork(source: string, signal?: AbortSignal): Promise<DeployedNetwork> {
  return refuseRealMoney(parseDeployedNetwork((await readText(source, signal)).text));
}

/** What a description says of itself; whether the token is what it says, `join` and `up` ask the chain. */
function refuseRealMoney<Described extends DeployedNetwork>(network: Described): Described {
  if (!network.testMoney) throw new RealMoneyError(network.token);
  return network;
}

/** The source that somebody typed: an address without http:// is one, unless a file has its name. */
export function typedSource(typed: string): string {
  return isUrl(typed) || existsSync(typed) ? typed : `http://${typed}`;
}

function isUrl(source: string): boolean {
  return /^https?:\/\//i.test(source);
}

async function readText(
  source: string,
  signal: AbortSignal | undefined,
): Promise<{ text: string; serverMs: number | undefined }> {
  if (!isUrl(source)) {
    const text = await readFile(source, 'utf8').catch((cause: NodeJS.ErrnoException) => {
      throw new BadInputError({
        code: 'no-network-file',
        message: `cannot read the network file ${source} (${cause.code ?? cause.message})`,
        facts: { source },
        advice: '--network takes the address of a coordinator (http://...) or the path of a network.json.',
        cause,
      });
    });
    return { text, serverMs: undefined };
  }
  const url = urlBelow(source, '/v1/network');
  const deadline = AbortSignal.timeout(10_000);
  try {
    const answer = await fetch(url, { signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]) });
    if (!answer.ok)
      throw new RushesError({
        code: 'no-network',
        message: `${url} answered ${answer.status}`,
        facts: { url, status: answer.status },
        advice: 'is this the address of a Rushes coordinator?',
      });
    const serverMs = Date.parse(answer.headers.get('date') ?? '');
    return { text: await answer.text(), serverMs: Number.isNaN(serverMs) ? undefined : serverMs };
  } catch (cause) {
    if (cause instanceof RushesError || signal?.aborted === true) throw cause;
    throw new RushesError({
      code: 'no-network',
      message: `no coordinator answers at ${source}`,
      facts: { url },
      advice: 'check --network or RUSHES_URL; `rushes up` starts a network on this machine.',
      cause,
    });
  }
}

async function fileThere(path: string, signal: AbortSignal | undefined): Promise<void> {
  while (
    await access(path).then(
      () => false,
      () => true,
    )
  )
    await sleep(50, undefined, signal === undefined ? {} : { signal });
}
