import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

/** Processor time that the calling thread has used, in milliseconds. Where the system does not tell (outside Linux), the time that passed stands in for it. */
export function threadCpuMs(): number {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ', 1)[0]) / 1e6;
  } catch {
    return performance.now();
  }
}
