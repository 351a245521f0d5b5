import type { Address, Bytes32, JobId } from '../protocol/ids.js';
import type { Terms } from '../protocol/terms.js';

/** A job that is not finished, as its artist remembers it, so that ordering it again pays once. JSON. */
export interface RememberedJob {
  chainId: number;
  contract: Address;
  artist: Address;
  jobId: JobId;
  nonce: Bytes32;
  manifestDigest: Bytes32;
  terms: Terms;
  /** The weights file that the terms name, in hexadecimal digits; undefined where they name a number. */
  weightsFile?: string;
}

/** Where an artist remembers it: a file beside the pictures, a page's storage. */
export interface JobMemory {
  /** Undefined when there is none, or what is there is damaged: a new job is then made, and the old one can be cancelled. */
  read(): Promise<RememberedJob | undefined>;
  /** Resolves when the job would be found again after a crash. */
  write(job: RememberedJob): Promise<void>;
}
