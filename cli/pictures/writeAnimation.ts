import { join } from 'node:path';
import sharp from 'sharp';
import { encodeAnimatedWebp } from '../../renderer/image/encodeAnimatedWebp.js';
import type { Picture } from '../../renderer/image/Frame.js';
import { writeAtomically } from '../../renderer/image/writeAtomically.js';

/** Makes animation.webp of frames whose PNGs are written. Returns its path, or undefined for a single frame. */
export async function writeAnimation({
  out,
  frames,
  fps,
}: {
  out: string;
  frames: readonly { path: string }[];
  fps: number;
}): Promise<string | undefined> {
  if (frames.length < 2) return undefined;
  const path = join(out, 'animation.webp');
  await writeAtomically({ path, bytes: await encodeAnimatedWebp({ frames: readPictures(frames), fps }) });
  return path;
}

/** One picture at a time, so that a long animation does not fill the memory. */
async function* readPictures(frames: readonly { path: string }[]): AsyncGenerator<Picture> {
  for (const { path } of frames) {
    const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
    yield {
      width: info.width,
      height: info.height,
      channels: info.channels === 4 ? 4 : 3,
      bits: 8,
      data: new Uint8Array(data.buffer, data.byteOffset, data.length),
    };
  }
}
