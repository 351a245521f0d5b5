import { Inflate } from 'pako';

/** What inflate.ts does, where there is no node:zlib: zlib itself, ported. Takes and refuses the same streams. */
export function inflate({ packed, maxBytes }: { packed: Uint8Array; maxBytes: number }): Uint8Array {
  // One byte more than wanted: a stream that fills it is too long, and is given up there.
  const inflator = new Inflate({ chunkSize: maxBytes + 1, windowBits: 15 });
  let inflated: Uint8Array | undefined;
  inflator.onData = (piece) => {
    if (inflated !== undefined || piece.length > maxBytes)
      throw new RangeError(`it inflates to more than ${maxBytes} bytes`);
    inflated = piece;
  };
  inflator.push(packed, true);
  if (inflator.err !== 0) throw new Error(inflator.msg);
  return inflated ?? new Uint8Array(0);
}
