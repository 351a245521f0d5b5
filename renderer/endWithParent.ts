import { Worker } from 'node:worker_threads';

/**
 * Kills this process when its parent ends, whatever this process is doing then: a thread waits on a pipe of which the
 * parent holds the other end for all its life and never writes to.
 */
export function endWithParent(lifeline: number): void {
  new Worker(
    `try { require('node:fs').readSync(${lifeline}, Buffer.alloc(1)); } catch {}
     process.kill(process.pid, 'SIGKILL');`,
    { eval: true, stdout: false, stderr: false },
  );
}
