// The thread that makes pictures: it fetches tiles from IPFS, checks them, puts them together and develops them, so
// that the page never stands still for it. One picture is made at a time, and the newest request waits: a frame that
// fills faster than it is developed is still shown. Asked for another frame, it gives the picture up that it makes.
import { createReadingStore } from '../../adapters/ipfs/createReadingStore.js';
import { fetchTile } from '../../artist/fetchTile.js';
import { chunkRect, geometryOf } from '../../protocol/geometry.js';
import type { LeaseId } from '../../protocol/ids.js';
import type { Outputs } from '../../protocol/outputs.js';
import { assembleFrame, type Tile } from '../../renderer/image/assembleFrame.js';
import { develop } from '../../renderer/image/develop.js';
import type { PictureAnswer, PictureRequest, RenderedTile } from './PictureRequest.js';

const TILE_DEADLINE_MS = 20_000;
const PARALLEL = 4;
/** Tiles are kept, so that a frame that fills is not fetched anew with each. */
const CACHE_BYTES = 128 << 20;
const MOST_OUTPUTS = 1000;

const tiles = new Map<string, Tile>();
const outputs = new Map<LeaseId, Outputs>();
let cachedBytes = 0;
let running: { request: PictureRequest; stop: AbortController } | undefined;
let waiting: PictureRequest | undefined;

self.onmessage = ({ data }: MessageEvent<PictureRequest>): void => {
  waiting = data;
  if (running === undefined) void makePictures();
  else if (running.request.jobId !== data.jobId || running.request.offset !== data.offset) running.stop.abort();
};

async function makePictures(): Promise<void> {
  while (waiting !== undefined) {
    running = { request: waiting, stop: new AbortController() };
    waiting = undefined;
    const answer = await makePicture(running.request, running.stop.signal);
    if (answer !== undefined) self.postMessage(answer, { transfer: [answer.pixels] });
  }
  running = undefined;
}

/** Undefined when nobody wants it any more. */
async function makePicture(request: PictureRequest, signal: AbortSignal): Promise<PictureAnswer | undefined> {
  const { manifest } = request;
  const store = createReadingStore({ coordinatorUrl: request.apiUrl });
  const geometry = geometryOf(manifest);
  const found: { chunkIndex: number; tile: Tile }[] = [];
  const failures: { chunkIndex: number; reason: string }[] = [];
  const left = [...request.tiles];
  const takeOne = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined && !signal.aborted; next = left.shift()) {
      const { chunkIndex } = next;
      try {
        found.push({ chunkIndex, tile: await tileOf(next) });
      } catch (error) {
        failures.push({ chunkIndex, reason: error instanceof Error ? error.message : String(error) });
      }
    }
  };
  async function tileOf({ chunkIndex, leaseId, outputsDigest }: RenderedTile): Promise<Tile> {
    const key = `${leaseId}/${chunkIndex}`;
    const known = tiles.get(key);
    if (known !== undefined) return known;
    if (outputs.size > MOST_OUTPUTS) outputs.clear();
    const rect = chunkRect(geometry, chunkIndex);
    const tile = await fetchTile({
      store,
      outputs,
      leaseId,
      outputsDigest,
      rect,
      deadlineMs: TILE_DEADLINE_MS,
      signal,
    });
    keep(key, tile);
    return tile;
  }
  await Promise.all(Array.from({ length: PARALLEL }, takeOne));
  if (signal.aborted) return undefined;

  const { width, height } = manifest.size;
  const frame = assembleFrame({ width, height, tiles: found.map(({ tile }) => tile), missing: 'leave-empty' });
  const isTransparent = manifest.background === 'transparent';
  const look = { toneMap: 'aces', exposureEv: 0, alpha: isTransparent ? 'straight' : 'opaque', bits: 8 } as const;
  const picture = develop({ frame, look });
  const pixels = new Uint8ClampedArray(width * height * 4);
  const { data, channels } = picture;
  for (const { tile } of found)
    for (let y = tile.rect.y; y < tile.rect.y + tile.rect.height; y++)
      for (let x = tile.rect.x; x < tile.rect.x + tile.rect.width; x++) {
        const pixel = y * width + x;
        for (let i = 0; i < 3; i++) pixels[pixel * 4 + i] = data[pixel * channels + i]!;
        pixels[pixel * 4 + 3] = channels === 4 ? data[pixel * 4 + 3]! : 255;
      }
  return {
    number: request.number,
    jobId: request.jobId,
    offset: request.offset,
    pixels: pixels.buffer,
    shown: found.map(({ chunkIndex }) => chunkIndex),
    failures,
  };
}

function keep(key: string, tile: Tile): void {
  tiles.set(key, tile);
  cachedBytes += tile.halfs.byteLength;
  for (const [oldest, dropped] of tiles) {
    if (cachedBytes <= CACHE_BYTES) return;
    tiles.delete(oldest);
    cachedBytes -= dropped.halfs.byteLength;
  }
}
