import { readFile, readdir } from 'node:fs/promises';
import { basename } from 'node:path';

/** What the processes of a command used at once, at the moment they used most. */
export interface ProcessPeak {
  /** Proportional set size summed over all processes, in MiB: shared pages count once. */
  pssMiB: number;
  processCount: number;
  /** MiB by command, largest first. */
  byCommand: Record<string, number>;
  /** Milliseconds after the watch began. */
  atMs: number;
}

export interface WatchedProcesses {
  peak: ProcessPeak;
  /** Processor time by command, user and system together, as last seen before each process ended. */
  cpuSeconds: Record<string, number>;
  /** Processes of the tree that still live. */
  left: { pid: number; command: string }[];
}

export interface ProcessWatch {
  stop(): Promise<WatchedProcesses>;
}

interface Process {
  pid: number;
  parent: number;
  startedAt: string;
  command: string;
  cpuSeconds: number;
}

/** Ticks of /proc/PID/stat: 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/**
 * Samples a process and everything below it from /proc, every `intervalMs`. A process once seen in the tree stays in it
 * when its parent ends. Needs Linux with smaps_rollup (4.14 or later); processes of other users are counted only as
 * root.
 */
export function watchProcesses(options: { rootPid: number; intervalMs?: number }): ProcessWatch {
  const { rootPid, intervalMs = 500 } = options;
  const began = Date.now();
  const known = new Map<number, string>();
  let peak: ProcessPeak = { pssMiB: 0, processCount: 0, byCommand: {}, atMs: 0 };
  const cpuByProcess = new Map<string, { command: string; cpuSeconds: number }>();
  let stopping = false;

  const sample = async (): Promise<void> => {
    const tree = await treeOf(rootPid, known);
    for (const { pid, startedAt, command, cpuSeconds } of tree)
      cpuByProcess.set(`${pid} ${startedAt}`, { command, cpuSeconds });
    const sizes = await Promise.all(tree.map(async (process) => ({ process, kib: await pssKib(process.pid) })));
    const pssMiB = Math.round(sizes.reduce((sum, { kib }) => sum + kib, 0) / 1024);
    if (pssMiB <= peak.pssMiB) return;
    const byCommand: Record<string, number> = {};
    for (const { process, kib } of sizes)
      byCommand[process.command] = Math.round((byCommand[process.command] ?? 0) + kib / 1024);
    peak = {
      pssMiB,
      processCount: tree.length,
      byCommand: Object.fromEntries(Object.entries(byCommand).sort((a, b) => b[1] - a[1])),
      atMs: Date.now() - began,
    };
  };
  const loop = (async () => {
    while (!stopping) {
      await sample();
      await new Promise((resolve) => setTimeout(resolve, intervalMs));
    }
  })();

  return {
    stop: async () => {
      stopping = true;
      await loop;
      const left = (await treeOf(rootPid, known)).map(({ pid, command }) => ({ pid, command }));
      const cpuSeconds: Record<string, number> = {};
      for (const process of cpuByProcess.values())
        cpuSeconds[process.command] = Math.round(((cpuSeconds[process.command] ?? 0) + process.cpuSeconds) * 100) / 100;
      return { peak, cpuSeconds, left };
    },
  };
}

/** The processes of the tree; `known` maps each pid ever seen in it to its start, since pids are used again. */
async function treeOf(rootPid: number, known: Map<number, string>): Promise<Process[]> {
  const processes = (
    await Promise.all(
      (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map((name) => readProcess(Number(name))),
    )
  ).filter((process) => process !== undefined);
  const inTree = new Set(
    processes.filter(({ pid, startedAt }) => pid === rootPid || known.get(pid) === startedAt).map(({ pid }) => pid),
  );
  for (let grew = true; grew;) {
    grew = false;
    for (const { pid, parent } of processes) {
      if (!inTree.has(parent) || inTree.has(pid)) continue;
      inTree.add(pid);
      grew = true;
    }
  }
  const tree = processes.filter(({ pid }) => inTree.has(pid));
  for (const { pid, startedAt } of tree) known.set(pid, startedAt);
  return tree;
}

async function readProcess(pid: number): Promise<Process | undefined> {
  try {
    // The command in parentheses may hold anything; what follows the last one: state, parent, ... user and system ticks
    // as the 12th and 13th, ... start time as the 20th.
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return undefined;
    const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').filter((word) => word !== '');
    return {
      pid,
      parent: Number(fields[1]),
      startedAt: fields[19]!,
      command: shortCommand(words),
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    };
  } catch {
    return undefined;
  }
}

/** `node rushes.child.js worker` says more than `node`: the program, its script and the first plain word after it. */
function shortCommand(words: string[]): string {
  const [program = 'unknown', ...rest] = words;
  if (basename(program).startsWith('postgres')) return 'postgres';
  const script = rest.findIndex((word) => /\.[cm]?js$/.test(word));
  // Some programs write one string over their arguments, as npm does.
  if (script < 0) return basename(program.split(' ')[0]!);
  const role = rest[script + 1];
  return [basename(rest[script]!), ...(role !== undefined && /^[a-z]+$/.test(role) ? [role] : [])].join(' ');
}

async function pssKib(pid: number): Promise<number> {
  try {
    return Number(/^Pss:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
