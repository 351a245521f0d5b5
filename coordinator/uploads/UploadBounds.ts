/** How much of what was stored over the coordinator's port may be pinned at once, bytes. */
export interface UploadBounds {
  /** Of an account that has neither stake nor a funded job. */
  strangerBytes: number;
  /** Of all such accounts of one address. */
  addressBytes: number;
  /** Of all such accounts. */
  strangersBytes: number;
  /** Of an account that has one of them. */
  knownBytes: number;
}

export const UPLOAD_BOUNDS: UploadBounds = {
  strangerBytes: 2 * 2 ** 30,
  addressBytes: 8 * 2 ** 30,
  strangersBytes: 64 * 2 ** 30,
  knownBytes: 256 * 2 ** 30,
};
