import type { ChildEvent } from '../supervisor/ChildSpec.js';
import type { GivenComponents } from './GivenComponents.js';
import type { OutsideOptions } from './outsideOptions.js';

/** What to bring up as a network of this machine. */
export interface BringUpOptions {
  /** Folder of the network's state; made when missing, used again when it holds one. */
  folder: string;
  workers: number;
  verifiers: number;
  /** Render threads per worker; undefined shares the cores out. */
  threads: number | undefined;
  /** Memory that each scene may take, bytes; undefined for the usual. */
  sceneBytes: number | undefined;
  /** How the first worker cheats; undefined: it does not. */
  cheat: string | undefined;
  /** Of the coordinator; undefined: the last one used, else a free one. */
  port: number | undefined;
  /** Whether strangers may ask for test money: a faucet is run. */
  faucet: boolean;
  /** How other machines reach the network; undefined: they do not. */
  outside?: OutsideOptions;
  /** Whom to write to about it; undefined: nobody, or who stands in the description that was given. */
  contact?: string | undefined;
  /** File of the CIDs and accounts that its coordinator has nothing to do with. */
  refusedFile?: string | undefined;
  /** What an ended job names is kept for so many days; undefined: the usual. */
  keepDays?: number | undefined;
  /** Its IPFS node keeps nothing else: what nothing names any more may go. */
  ownsIpfs?: boolean;
  /** What it does not bring itself. */
  given: GivenComponents;
  /** Where compiled kernels are kept. */
  cacheDir: string;
  /** It ends for good with the command: nothing of it is kept. */
  isTemporary?: boolean;
  signal: AbortSignal;
  onEvent?: (event: ChildEvent) => void;
  /** Told in a sentence what was found damaged, and what that means. */
  onNotice?: (notice: string) => void;
}
