/**
 * A frame as it was rendered: scene-linear radiance with Rec. 709 primaries, coverage in A; RGB is premultiplied by
 * coverage.
 */
export interface Frame {
  /** Pixels. */
  width: number;
  height: number;
  /** Half floats, RGBA, rows top-down. */
  halfs: Uint16Array;
}

/** A frame as people look at it: sRGB, rows top-down, channels interleaved. */
export interface Picture {
  width: number;
  height: number;
  /** 3: RGB; 4: RGB and straight alpha. */
  channels: 3 | 4;
  /** Bits per channel; `data` is a Uint8Array for 8, a Uint16Array for 16. */
  bits: 8 | 16;
  data: Uint8Array | Uint16Array;
}
