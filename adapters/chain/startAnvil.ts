import { chmod } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { lockFolder } from '../lockFolder.js';
import { connectIpc, type Ipc } from './connectIpc.js';
import { GAS_MONEY_WEI } from './gasMoney.js';
import { guardChain } from './guardChain.js';
import { makeBlocks } from './makeBlocks.js';
import { openChainState } from './openChainState.js';
import { type AnvilEnd, type AnvilProcess, spawnAnvil } from './spawnAnvil.js';

/** A local chain: anvil as a child process that this process alone reaches, and a guarded port for everybody. */
export interface LocalChain {
  /** JSON-RPC endpoint, on the loopback interface: reads and signed transactions. */
  rpcUrl: string;
  /** Process id of anvil. */
  pid: number;
  /** For people: what was found damaged at the start, and what that means. */
  notice: string | undefined;
  /** Calls any method of anvil, those that administer the chain included. Throws RpcError for what it refuses. */
  administer<Result>(method: string, params: readonly unknown[]): Promise<Result>;
  /** Settles when anvil has ended, whatever ended it. */
  closed: Promise<AnvilEnd>;
  /** Saves the chain and ends anvil, by force when it has not ended 5 s after it was asked. */
  close(): Promise<void>;
}

/**
 * Starts anvil with Prague's rules on a folder of its own, makes a block every second, and waits until it answers (0.3
 * s here). Whoever is told of a transaction finds it after kill -9 of everything and a new start: see makeBlocks for
 * the one exception. Chain time stands still meanwhile. Throws FolderInUseError when another process holds the folder,
 * DeadlineError when anvil does not answer in time, and what anvil said when it ended.
 */
export async function startAnvil(options: {
  /** Folder of the chain's state; made if absent. */
  dataDir: string;
  /** Port on the loopback interface; 0, the default, takes a free one. */
  port?: number;
  /** Closes the chain when aborted. */
  signal?: AbortSignal;
  /** Seconds between blocks, at least 1: below that timestamps repeat. Default 1. */
  blockSeconds?: number;
  chainId?: number;
  /** Default 30,000. */
  deadlineMs?: number;
  /** Anvil's output, line by line, and what went wrong with the chain. */
  onLog?: (line: string) => void;
}): Promise<LocalChain> {
  const { dataDir, signal, onLog = () => {} } = options;
  signal?.throwIfAborted();
  const lock = await lockFolder(dataDir, 'the local chain');
  try {
    // Whoever reaches the socket in it may administer the chain.
    await chmod(dataDir, 0o700);
    const state = openChainState(dataDir);
    const loaded = await state.load();
    if (loaded?.notice !== undefined) onLog(loaded.notice);
    const anvil = await spawnAnvil({
      folder: dataDir,
      chainId: options.chainId ?? 31_337,
      loadPath: loaded?.path,
      deadlineMs: options.deadlineMs ?? 30_000,
      onLog,
    });
    try {
      const ipc = await reach(anvil);
      await state.forgetLoaded();
      signal?.throwIfAborted();
      const served = await serve({
        anvil,
        ipc,
        port: options.port ?? 0,
        blockSeconds: options.blockSeconds ?? 1,
        save: (gzip) => state.save(gzip),
        release: lock.release,
        onLog,
      });
      signal?.addEventListener('abort', () => void served.close(), { once: true });
      return { ...served, notice: loaded?.notice };
    } catch (error) {
      await anvil.end();
      throw error;
    }
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Connects to anvil's socket, which is there a moment after it says that it listens. */
async function reach(anvil: AnvilProcess): Promise<Ipc> {
  for (let tries = 0; ; tries++) {
    try {
      return await connectIpc(anvil.ipcPath);
    } catch (error) {
      if (tries === 40) throw error;
      await sleep(50);
    }
  }
}

/** Makes the chain's blocks and opens its port. Resolves when it answers. */
async function serve(options: {
  anvil: AnvilProcess;
  ipc: Ipc;
  port: number;
  blockSeconds: number;
  save: (gzip: Uint8Array) => Promise<void>;
  release: () => Promise<void>;
  onLog: (line: string) => void;
}): Promise<Omit<LocalChain, 'notice'>> {
  const { anvil, ipc } = options;
  const blocks = makeBlocks({ ipc, blockSeconds: options.blockSeconds, save: options.save, onTrouble: options.onLog });
  const guard = await guardChain({
    port: options.port,
    async exchange(method, params) {
      const answer = await ipc.exchange(method, params);
      await blocks.settled();
      return answer;
    },
    fundGas: (account) => fundGasOf(ipc, account),
  }).catch(async (error: unknown) => {
    await blocks.stop();
    throw error;
  });
  // A chain that cannot be reached any more is no chain: whoever waits for its end starts it again.
  void ipc.closed.then(() => anvil.end());
  const closed = anvil.exited.then(async (end) => {
    await blocks.stop();
    await guard.close();
    await options.release();
    return end;
  });
  let closing: Promise<void> | undefined;
  return {
    rpcUrl: guard.rpcUrl,
    pid: anvil.pid,
    closed,
    administer: (method, params) => ipc.send(method, params),
    close() {
      closing ??= (async () => {
        await blocks.stop();
        ipc.close();
        await closed;
      })();
      return closing;
    },
  };
}

/** Tops an account up; never takes anything away. */
async function fundGasOf(ipc: Ipc, account: string): Promise<void> {
  const balance = BigInt(await ipc.send<string>('eth_getBalance', [account, 'latest']));
  if (balance < GAS_MONEY_WEI) await ipc.send('anvil_setBalance', [account, `0x${GAS_MONEY_WEI.toString(16)}`]);
}
