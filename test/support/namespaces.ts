import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { Context } from 'mocha';
import { skip } from './skip.js';

const run = promisify(execFile);

/** Machines that know one another by cable alone: network namespaces of Linux, each on one bridge. */
export interface Machines {
  /** Address of a machine on the bridge. */
  address(machine: string): string;
  /** What a command line begins with, to be run there. */
  through(machine: string): string[];
  /** Pulls the cable of a machine, or plugs it in again. */
  setCable(machine: string, state: 'up' | 'down'): Promise<void>;
  /** Removes them; whatever runs there has to be gone. */
  remove(): Promise<void>;
}

/** Makes machines by their names, or skips the test where that may not be done. */
export async function makeMachines(context: Context, names: readonly string[]): Promise<Machines> {
  const mark = randomBytes(3).toString('hex');
  const namespaceOf = (name: string): string => `rushes-${mark}-${name}`;
  const hub = namespaceOf('hub');
  const portOf = (name: string): string => `port${names.indexOf(name)}`;
  const made: string[] = [];
  const remove = async (): Promise<void> => {
    for (const namespace of made.splice(0)) await run('ip', ['netns', 'delete', namespace]).catch(() => undefined);
  };
  const make = async (namespace: string): Promise<void> => {
    await run('ip', ['netns', 'add', namespace]);
    made.push(namespace);
    await run('ip', ['-n', namespace, 'link', 'set', 'lo', 'up']);
  };
  try {
    await make(hub);
    await run('ip', ['-n', hub, 'link', 'add', 'bridge0', 'type', 'bridge']);
    await run('ip', ['-n', hub, 'link', 'set', 'bridge0', 'up']);
    for (const [index, name] of names.entries()) {
      const namespace = namespaceOf(name);
      await make(namespace);
      const ends = ['type', 'veth', 'peer', 'name', portOf(name), 'netns', hub];
      await run('ip', ['link', 'add', 'cable0', 'netns', namespace, ...ends]);
      await run('ip', ['-n', namespace, 'address', 'add', `10.77.0.${index + 1}/24`, 'dev', 'cable0']);
      await run('ip', ['-n', namespace, 'link', 'set', 'cable0', 'up']);
      await run('ip', ['-n', hub, 'link', 'set', portOf(name), 'master', 'bridge0', 'up']);
    }
  } catch (error) {
    await remove();
    return skip(
      context,
      `network namespaces cannot be made here: ${(error as Error).message.trim().split('\n').at(-1)}`,
    );
  }
  return {
    address: (name) => `10.77.0.${names.indexOf(name) + 1}`,
    through: (name) => ['ip', 'netns', 'exec', namespaceOf(name)],
    async setCable(name, state) {
      await run('ip', ['-n', hub, 'link', 'set', portOf(name), state]);
    },
    remove,
  };
}
