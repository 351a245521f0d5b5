// What sha256.ts gives, where there is no node:crypto. The Web Crypto of pages only answers later, and draws and trees
// are made of millions of short hashes.
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';

/** SHA-256 over the concatenation of the given pieces, 32 bytes. */
export function sha256(...pieces: Uint8Array[]): Uint8Array {
  const hash = nobleSha256.create();
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
}

/** HMAC-SHA-256 under `key` over the concatenation of the given pieces, 32 bytes. */
export function hmacSha256(key: Uint8Array, ...pieces: Uint8Array[]): Uint8Array {
  const hash = hmac.create(nobleSha256, key);
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
}

/** Whether two byte strings are equal; takes as long for any two of a length. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at++) difference |= (a[at] as number) ^ (b[at] as number);
  return difference === 0;
}
