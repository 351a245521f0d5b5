import { join } from 'node:path';

/** Path of the picture of a frame: frame-0007.png. */
export function framePath(out: string, frame: number, extension = 'png'): string {
  return join(out, `frame-${String(frame).padStart(4, '0')}.${extension}`);
}

/** Path of a picture of a frame that was rendered and not verified yet. */
export function previewPath(out: string, frame: number): string {
  return join(out, `frame-${String(frame).padStart(4, '0')}.not-yet-verified.png`);
}
