import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';

/**
 * Kills what a network in this folder left running: possible only where its supervisor and the process that wraps
 * PostgreSQL or anvil were both killed with kill -9 at the same moment. Only programs that a network starts, with the
 * folder among their arguments, are touched; without /proc nothing is.
 */
export async function killLeftovers(folder: string): Promise<void> {
  const ids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  // Services get their options as JSON.
  const within = JSON.stringify(`${folder}/`).slice(0, -1);
  for (const pid of ids) {
    if (pid === process.pid) continue;
    const [program = '', ...args] = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
    const ours = ['anvil', 'postgres'].includes(basename(program)) || args.some((arg) => arg.endsWith('.child.js'));
    if (!ours || !args.some((arg) => arg === folder || arg.startsWith(`${folder}/`) || arg.includes(within))) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone meanwhile, or another user's.
    }
  }
}
