/**
 * Radiance .hdr bytes (RGBE, run-length encoded) of linear RGB rows from top to bottom. Values keep 8 bits beside the
 * pixel's largest channel.
 */
export function encodeHdr(image: { width: number; height: number; rgb: ArrayLike<number> }): Uint8Array {
  const { width, height, rgb } = image;
  const header = new TextEncoder().encode(`#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y ${height} +X ${width}\n`);
  const pieces: number[] = [...header];
  const planes = [0, 1, 2, 3].map(() => new Uint8Array(width));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const pixel = rgbeOf(
        rgb[3 * (y * width + x)] as number,
        rgb[3 * (y * width + x) + 1] as number,
        rgb[3 * (y * width + x) + 2] as number,
      );
      for (let k = 0; k < 4; k++) (planes[k] as Uint8Array)[x] = pixel[k] as number;
    }
    pieces.push(2, 2, width >> 8, width & 255);
    for (const plane of planes) appendRuns(pieces, plane);
  }
  return Uint8Array.from(pieces);
}

/** A shared exponent and three mantissas as three.js reads them back: value = mantissa / 255 * 2^(exponent - 128). */
function rgbeOf(r: number, g: number, b: number): [number, number, number, number] {
  const largest = Math.max(r, g, b);
  if (!(largest > 1e-32)) return [0, 0, 0, 0];
  let scale = 1;
  let exponent = 0;
  for (; largest > scale; exponent++) scale *= 2;
  for (; largest <= scale / 2; exponent--) scale /= 2;
  return [Math.round((255 * r) / scale), Math.round((255 * g) / scale), Math.round((255 * b) / scale), exponent + 128];
}

function appendRuns(pieces: number[], plane: Uint8Array): void {
  const runAt = (at: number): number => {
    let length = 1;
    while (length < 127 && plane[at + length] === plane[at]) length++;
    return length;
  };
  for (let at = 0; at < plane.length;) {
    const run = runAt(at);
    if (run >= 4) {
      pieces.push(128 + run, plane[at] as number);
      at += run;
      continue;
    }
    const start = at;
    while (at < plane.length && at - start < 128 && runAt(at) < 4) at++;
    pieces.push(at - start, ...plane.subarray(start, at));
  }
}
