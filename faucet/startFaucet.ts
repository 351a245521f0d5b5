import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { createGiver, readPurse } from '../adapters/chain/createGiver.js';
import { createRpc } from '../adapters/chain/createRpc.js';
import { fundGas } from '../adapters/chain/fundGas.js';
import { GAS_MONEY_WEI } from '../adapters/chain/gasMoney.js';
import { connectChain } from '../adapters/chain/connectChain.js';
import { reckonedGasPrice } from '../adapters/chain/reckonedGasPrice.js';
import { createHttpServer, type HttpServer } from '../adapters/http/createHttpServer.js';
import { ASKER_HEADER } from '../adapters/http/askFaucet.js';
import { GET_FAUCET, POST_FAUCET } from '../adapters/http/faucetSchemas.js';
import { lockFolder } from '../adapters/lockFolder.js';
import { BadInputError } from '../protocol/errors.js';
import { parseAddress } from '../protocol/ids.js';
import type { NetworkDescription } from '../protocol/network.js';
import { askerOf } from '../adapters/http/askerOf.js';
import { createFaucet, type Faucet, START_STAKES } from './createFaucet.js';
import { openStartBook, type StartBook } from './StartBook.js';

/** Who asked is remembered for a day and some hours. */
const REMEMBER_SECONDS = 100_000;
/** Few ask a faucet, and rarely. */
const REQUESTS = { requestsPerSecond: 5, burst: 50 };

/** A running faucet. */
export interface RunningFaucet {
  /** Where it is asked: POST { account }, and GET for what is left. */
  url: string;
  close(): Promise<void>;
}

/**
 * Starts the faucet of a network of test money: a server that gives every account one start, coins for gas and tokens
 * for a stake and some jobs. It remembers in `folder`, which it holds alone. Throws BadInputError for a network whose
 * money is worth something, WrongChainError, FolderInUseError.
 */
export async function startFaucet(options: {
  network: NetworkDescription;
  /** Private key of the faucet's account, 32 bytes of hex. */
  key: string;
  folder: string;
  /** Default a free one, on 127.0.0.1. */
  port?: number;
  /** Whether the chain gives the faucet coins for the asking, as a local chain does; otherwise its operator sends them. */
  fundsItself: boolean;
  log: Logger;
  /** Unix seconds; default the machine's clock. */
  nowSeconds?: () => number;
}): Promise<RunningFaucet> {
  const { network, key, log, nowSeconds = () => Math.floor(Date.now() / 1000) } = options;
  if (!network.testMoney)
    throw new BadInputError({
      message: `network ${network.name} pays in money that is worth something: nobody gives it away`,
      advice: 'Send tokens and coins to the account yourself.',
    });
  const lock = await lockFolder(options.folder, 'the book of a faucet');
  const opened: (() => Promise<unknown>)[] = [() => lock.release()];
  const close = async (): Promise<void> => {
    for (const closeOne of opened.splice(0).toReversed()) await closeOne();
  };
  try {
    const book = await openStartBook({
      folder: options.folder,
      forgetBeforeSeconds: nowSeconds() - REMEMBER_SECONDS,
    });
    opened.push(() => book.close());
    const faucet = await openFaucet({ network, key, book, fundsItself: options.fundsItself, nowSeconds });
    // Before anybody can ask it.
    const { account, coinsLeftWei } = await faucet.state();
    const server = await createHttpServer({
      title: 'Rushes faucet',
      version: '1',
      description: 'Gives every account of a test network one start: coins for gas, and test tokens.',
      log,
      ...REQUESTS,
    });
    opened.push(() => server.close());
    addRoutes(server, faucet, log);
    const url = `${await server.listen({ host: '127.0.0.1', port: options.port ?? 0 })}/v1/faucet`;
    log.info({ url, account, coinsLeftWei: coinsLeftWei.toString() }, 'faucet listening');
    return { url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The faucet of a network's chain, over its book. */
async function openFaucet({
  network,
  key,
  book,
  fundsItself,
  nowSeconds,
}: {
  network: NetworkDescription;
  key: string;
  book: StartBook;
  fundsItself: boolean;
  nowSeconds: () => number;
}): Promise<Faucet> {
  const chain = await connectChain({ network, key });
  const policy = await chain.readPolicy(network.policy);
  const leastWei =
    policy.minWorkerStakeWei > policy.minVerifierStakeWei ? policy.minWorkerStakeWei : policy.minVerifierStakeWei;
  const rpc = createRpc(network.rpcUrl);
  const giver = createGiver({ network, key });
  return createFaucet({
    book,
    giver,
    tokensWei: START_STAKES * leastWei,
    readPurse: (account) => readPurse({ network, account }),
    readGasPrice: async () => reckonedGasPrice(BigInt(await rpc.send<string>('eth_gasPrice', []))),
    async refill() {
      if (!fundsItself) return;
      const { coinsWei } = await readPurse({ network, account: giver.account });
      if (coinsWei < GAS_MONEY_WEI / 2n) await fundGas({ rpcUrl: network.rpcUrl, account: giver.account });
    },
    nowSeconds,
  });
}

function addRoutes(server: HttpServer, faucet: Faucet, log: Logger): void {
  server.post('/v1/faucet', { schema: POST_FAUCET }, async (request) => {
    const account = parseAddress(request.body.account);
    const given = await faucet.give({ account, asker: askerIn(request.raw) });
    const amounts = { coinsWei: given.coinsWei.toString(), tokensWei: given.tokensWei.toString() };
    if (given.isNew) log.info({ account, ...amounts }, 'start given');
    return { account, isNew: given.isNew, ...amounts };
  });
  server.get('/v1/faucet', { schema: GET_FAUCET }, async () => {
    const { account, coinsLeftWei, isEmpty, start } = await faucet.state();
    return {
      account,
      coinsLeftWei: coinsLeftWei.toString(),
      isEmpty,
      coinsPerStartWei: start.coinsWei.toString(),
      tokensPerStartWei: start.tokensWei.toString(),
    };
  });
}

/**
 * Who asked. The coordinator, which passes requests on from its own port, says for whom; anything else on this machine
 * could say so as well, and could as well ask the local chain itself.
 */
function askerIn(request: IncomingMessage): string {
  const said = request.headers[ASKER_HEADER];
  return askerOf(typeof said === 'string' ? said : (request.socket.remoteAddress ?? ''));
}
