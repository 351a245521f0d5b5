import { inflateSync } from 'node:zlib';

/**
 * Unpacks a zlib stream of at most `maxBytes`. Throws for one that is damaged, cut short, longer, or whose checksum is
 * wrong; what follows its end is not looked at. A page gets inflate.page.ts in its place.
 */
export function inflate({ packed, maxBytes }: { packed: Uint8Array; maxBytes: number }): Uint8Array {
  return inflateSync(packed, { maxOutputLength: maxBytes });
}
