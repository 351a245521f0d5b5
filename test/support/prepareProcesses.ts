import { readdir, readFile } from 'node:fs/promises';

/** Processes that prepare scenes and have that one as their parent. */
export async function prepareProcesses(parentPid = process.pid): Promise<number[]> {
  const found: number[] = [];
  for (const name of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    const [line, stat] = await Promise.all(
      ['cmdline', 'stat'].map((file) => readFile(`/proc/${name}/${file}`, 'utf8').catch(() => '')),
    );
    const [state, parent] = stat!.slice(stat!.lastIndexOf(')') + 2).split(' ');
    if (line!.includes('prepare.child.js') && Number(parent) === parentPid && state !== 'Z') found.push(Number(name));
  }
  return found;
}
