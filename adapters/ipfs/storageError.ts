import { RushesError, type RushesErrorOptions } from '../../protocol/errors.js';

/** What a full or failing disk does to an endpoint, in words. */
export class StorageError extends RushesError {
  constructor(options: RushesErrorOptions) {
    super(options);
  }

  /** The StorageError that explains an error of the file system; `doing` completes "failed while ...". */
  static from(error: unknown, doing: string): StorageError {
    if (error instanceof StorageError) return error;
    const code = (error as NodeJS.ErrnoException | undefined)?.code ?? '';
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      return new StorageError({
        code: 'disk-full',
        message: `no space left on the disk of the IPFS endpoint (failed while ${doing})`,
        facts: { errno: code, doing },
        advice: 'Free some space, or give the endpoint a folder on another disk.',
        cause: error,
      });
    }
    const reason = error instanceof Error ? error.message : String(error);
    return new StorageError({
      code: 'storage',
      message: `the IPFS endpoint failed while ${doing}: ${reason}`,
      facts: { errno: code, doing },
      cause: error,
    });
  }
}
