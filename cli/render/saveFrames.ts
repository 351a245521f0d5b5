import { rm } from 'node:fs/promises';
import type { ArtistEvent } from '../../artist/ArtistEvent.js';
import type { CollectedFrame } from '../../artist/fetchFrame.js';
import { outliveOutage } from '../../artist/outliveOutage.js';
import type { ObjectStore } from '../../protocol/ports.js';
import type { Look } from '../../renderer/image/develop.js';
import type { Terminal } from '../terminal/Terminal.js';
import { framePath, previewPath } from '../pictures/frameFiles.js';
import type { FrameResult } from '../pictures/FrameResult.js';
import { writeFrame } from '../pictures/writeFrame.js';

export interface FrameSaver {
  /** Frames written so far, in order. */
  readonly frames: FrameResult[];
  /** Milliseconds since the epoch at which the first picture was there; undefined: none is yet. */
  readonly firstPictureAtMs: number | undefined;
  onPreview(frame: CollectedFrame): Promise<void>;
  onFrame(frame: CollectedFrame): Promise<void>;
}

/** Develops the frames of a job into the out folder, stores the pictures on IPFS and says which are there. */
export function saveFrames({
  out,
  look,
  store,
  terminal,
  onEvent,
  signal,
}: {
  out: string;
  look: Look;
  store: ObjectStore;
  terminal: Terminal;
  onEvent: (event: ArtistEvent) => void;
  signal: AbortSignal;
}): FrameSaver {
  const frames: FrameResult[] = [];
  let preview: string | undefined;
  let firstPictureAtMs: number | undefined;
  return {
    frames,
    get firstPictureAtMs() {
      return firstPictureAtMs;
    },
    async onPreview({ number, frame }) {
      preview = previewPath(out, number);
      await writeFrame({ frame, look, path: preview });
      firstPictureAtMs ??= Date.now();
      terminal.line(`${preview}  ${terminal.yellow('not yet verified')}`);
    },
    async onFrame({ number, frame }) {
      const path = framePath(out, number);
      const { png, pixelHash } = await writeFrame({ frame, look, path });
      const cid = await outliveOutage({ attempt: () => store.putFile(png, { signal }), onEvent, signal });
      frames.push({ frame: number, path, cid, pixelHash, width: frame.width, height: frame.height });
      frames.sort((a, b) => a.frame - b.frame);
      firstPictureAtMs ??= Date.now();
      terminal.line(`${path}  ${terminal.green('verified and paid')}`);
      // The first look has served once the job's first verified picture is there.
      if (preview !== undefined) await rm(preview, { force: true });
    },
  };
}
