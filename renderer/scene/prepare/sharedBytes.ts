/** Zeroed memory that threads can share, at least 16 bytes so that no binding is empty. */
export function sharedBytes(byteLength: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(Math.max(16, byteLength)));
}
