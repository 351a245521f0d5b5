import type { CollectedFrame } from '../../artist/fetchFrame.js';
import type { Bytes32 } from '../../protocol/ids.js';
import type { Manifest } from '../../protocol/manifest.js';
import { writeAtomically } from '../../renderer/image/writeAtomically.js';
import { encodeFrame } from '../pictures/encodeFrame.js';
import { framePath } from '../pictures/frameFiles.js';
import { keepsRadiance, type PictureFormat } from '../pictures/pictureFormats.js';
import type { Terminal } from '../terminal/Terminal.js';
import type { FetchOptions } from './FetchOptions.js';

/** A frame that was fetched, as fetch.json lists it. */
export interface FetchedFrame {
  frame: number;
  /** Of the picture, as given with --out. */
  path: string;
  /** Of the half floats, where they lie beside. */
  proof: string | null;
  pixelHash: Bytes32;
  /** Pixels. */
  width: number;
  height: number;
}

export interface FrameWriter {
  /** Written so far, in the order of their numbers. */
  readonly frames: FetchedFrame[];
  write(frame: CollectedFrame, background: Manifest['background']): Promise<void>;
}

/** Develops frames into the out folder as asked, and under --proof lays the half floats that were paid for beside. */
export function writeFrames({ options, terminal }: { options: FetchOptions; terminal: Terminal }): FrameWriter {
  const { out, format, tone, exposure } = options;
  const frames: FetchedFrame[] = [];
  const proofFormat: PictureFormat = 'exr';
  return {
    frames,
    async write({ number, frame, pixelHash }, background) {
      const path = framePath(out, number, keepsRadiance(format) ? 'exr' : 'png');
      await writeAtomically({ path, bytes: await encodeFrame({ frame, format, tone, exposure, background }) });
      // OpenEXR of half floats is the proof already; floats have the name that the proof would have.
      const proof =
        !options.proof || format === proofFormat
          ? null
          : framePath(out, number, format === 'exr32' ? 'half.exr' : 'exr');
      if (proof !== null)
        await writeAtomically({
          path: proof,
          bytes: await encodeFrame({ frame, format: proofFormat, tone, exposure, background }),
        });
      const { width, height } = frame;
      frames.push({ frame: number, path, proof, pixelHash, width, height });
      terminal.line(`${path}${proof === null ? '' : `  ${proof}`}`);
    },
  };
}
