import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseErrorCode } from '../../protocol/errorCodes.js';
import { DeadlineError, RushesError } from '../../protocol/errors.js';

/** An endpoint that runs as a child process. */
export interface IpfsEndpoint {
  /** Base URL for an IPFS client, for instance http://127.0.0.1:40123. */
  apiUrl: string;
  pid: number;
  /** Settles when the process has ended, whatever ended it. */
  closed: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Asks the process to end, and kills it when it has not within 5 s. */
  close(): Promise<void>;
}

/**
 * Starts the Kubo RPC endpoint of this package as a child process on a folder of its own and waits until it answers
 * (0.3 s here). The child ends by itself when this process is gone. Throws what the child says: FolderInUse, a port in
 * use, a full disk; DeadlineError after `deadlineMs`.
 */
export async function startIpfsEndpoint(options: {
  folder: string;
  host?: string;
  port?: number;
  deadlineMs?: number;
  /** See EndpointLimits. */
  keptUnpinnedMs?: number;
  onLog?: (line: string) => void;
}): Promise<IpfsEndpoint> {
  const entry = fileURLToPath(new URL('./endpoint.child.js', import.meta.url));
  const child = spawn(
    process.execPath,
    [
      '--enable-source-maps',
      entry,
      '--folder',
      options.folder,
      '--host',
      options.host ?? '127.0.0.1',
      '--port',
      String(options.port ?? 0),
      ...(options.keptUnpinnedMs === undefined ? [] : ['--kept-unpinned-ms', String(options.keptUnpinnedMs)]),
    ],
    { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  );
  const closed = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: null, signal: null }));
  });
  const errors: string[] = [];
  createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
    errors.push(line);
    if (errors.length > 20) errors.shift();
    options.onLog?.(line);
  });
  try {
    const ready = await firstLine(child, closed, errors, options.deadlineMs ?? 20_000);
    return {
      apiUrl: `http://${ready.host}:${ready.port}`,
      pid: child.pid as number,
      closed,
      async close() {
        child.kill('SIGTERM');
        const late = setTimeout(() => child.kill('SIGKILL'), 5000);
        await closed;
        clearTimeout(late);
      },
    };
  } catch (error) {
    child.kill('SIGKILL');
    await closed;
    throw error;
  }
}

async function firstLine(
  child: ChildProcess,
  closed: Promise<unknown>,
  errors: string[],
  deadlineMs: number,
): Promise<{ host: string; port: number }> {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  let timer: NodeJS.Timeout | undefined;
  try {
    const line = await Promise.race([
      once(lines, 'line').then(([first]) => first as string),
      closed.then(() => undefined),
      new Promise<never>((_resolve, reject) => {
        timer = setTimeout(
          () => reject(new DeadlineError({ what: 'starting the IPFS endpoint', deadlineMs })),
          deadlineMs,
        );
      }),
    ]);
    if (line === undefined)
      throw new RushesError({
        code: 'endpoint',
        message: `the IPFS endpoint ended while starting: ${errors.join(' | ') || 'it said nothing'}`,
      });
    const said = JSON.parse(line) as {
      ready?: { host: string; port: number };
      failed?: { code: string; message: string; facts: Record<string, unknown>; advice?: string };
    };
    if (said.failed !== undefined)
      throw new RushesError({ ...said.failed, code: parseErrorCode(said.failed.code) ?? 'endpoint' });
    if (said.ready === undefined)
      throw new RushesError({
        code: 'endpoint',
        message: `the IPFS endpoint said something unexpected: ${line.slice(0, 200)}`,
      });
    return said.ready;
  } finally {
    clearTimeout(timer);
  }
}
