import pixelmatch from 'pixelmatch';
import sharp from 'sharp';
import { develop } from './develop.js';
import type { Look } from './develop.js';

/** Screen pixels between and around the panels, and their grey. */
const GAP = 16;
const PAPER = 96;
/** Longer side that a small block is magnified towards. */
const PANEL_SIDE = 256;

/** How evidence is developed unless asked otherwise: the tone map that changes colours least. */
const EVIDENCE_LOOK: Look = { toneMap: 'neutral', exposureEv: 0, alpha: 'opaque', bits: 8 };

export interface EvidencePicture {
  /** An 8-bit PNG: published | re-rendered | difference, side by side, magnified without smoothing. */
  png: Uint8Array;
  /**
   * Pixels that pixelmatch finds different at threshold 0, that is in any of the 8-bit colours: what the third panel
   * shows in red.
   */
  differingPixels: number;
  /**
   * Pixels whose half floats differ in any bit: what tests decide by. Most cheats change these and few of the others.
   */
  differingHalfs: number;
  pixelCount: number;
}

/**
 * Shows people what an audit found: a block as its worker published it beside the same block as the verifier rendered
 * it, and where they differ. Evidence to look at, never what a verdict is made from.
 * @param options.published, options.rerendered half floats, RGBA, width x height pixels, rows top-down.
 */
export async function evidencePicture(options: {
  published: Uint16Array;
  rerendered: Uint16Array;
  width: number;
  height: number;
  look?: Pick<Look, 'toneMap' | 'exposureEv'>;
}): Promise<EvidencePicture> {
  const { published, rerendered, width, height } = options;
  const look: Look = { ...EVIDENCE_LOOK, ...options.look };
  const [left, right] = [published, rerendered].map((halfs) =>
    rgba(develop({ frame: { width, height, halfs }, look }).data),
  ) as [Uint8Array, Uint8Array];
  const difference = new Uint8Array(width * height * 4);
  const differingPixels = pixelmatch(left, right, difference, width, height, {
    threshold: 0,
    includeAA: true,
    alpha: 0.25,
    diffColor: [255, 0, 0],
  });
  let differingHalfs = 0;
  for (let pixel = 0; pixel < width * height; pixel++) {
    if ([0, 1, 2, 3].some((channel) => published[pixel * 4 + channel] !== rerendered[pixel * 4 + channel]))
      differingHalfs++;
  }

  // Lay the panels out from left to right.
  const scale = Math.max(1, Math.round(PANEL_SIDE / Math.max(width, height)));
  const [panelWidth, panelHeight] = [width * scale, height * scale];
  const panels = await Promise.all(
    [left, right, difference].map(async (data, panel) => ({
      input: await sharp(data, { raw: { width, height, channels: 4 } })
        .resize({ width: panelWidth, height: panelHeight, kernel: 'nearest', fit: 'fill' })
        .removeAlpha()
        .raw()
        .toBuffer(),
      raw: { width: panelWidth, height: panelHeight, channels: 3 as const },
      left: GAP + panel * (panelWidth + GAP),
      top: GAP,
    })),
  );
  const png = await sharp({
    create: {
      width: 3 * panelWidth + 4 * GAP,
      height: panelHeight + 2 * GAP,
      channels: 3,
      background: { r: PAPER, g: PAPER, b: PAPER },
    },
  })
    .composite(panels)
    .removeAlpha()
    .png({ compressionLevel: 9 })
    .toBuffer();
  return { png, differingPixels, differingHalfs, pixelCount: width * height };
}

/** RGB as opaque RGBA. */
function rgba(rgb: Uint8Array | Uint16Array): Uint8Array {
  const data = new Uint8Array((rgb.length / 3) * 4).fill(255);
  for (let pixel = 0; pixel < rgb.length / 3; pixel++) data.set(rgb.subarray(pixel * 3, pixel * 3 + 3), pixel * 4);
  return data;
}
