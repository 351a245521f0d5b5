import { pixelHash } from '../../protocol/hashes.js';
import type { Bytes32 } from '../../protocol/ids.js';
import { develop, type Look } from '../../renderer/image/develop.js';
import { encodePng } from '../../renderer/image/encodePng.js';
import type { Frame } from '../../renderer/image/Frame.js';
import { writeAtomically } from '../../renderer/image/writeAtomically.js';

/**
 * Develops a frame and writes its PNG, whole or not at all. Returns the file's bytes and the hash of the frame's half
 * floats.
 */
export async function writeFrame({
  frame,
  look,
  path,
}: {
  frame: Frame;
  look: Look;
  path: string;
}): Promise<{ png: Uint8Array; pixelHash: Bytes32 }> {
  const png = await encodePng(develop({ frame, look }));
  await writeAtomically({ path, bytes: png });
  return { png, pixelHash: pixelHash(frame.halfs) };
}
