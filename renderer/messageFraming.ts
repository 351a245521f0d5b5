import { readSync, writeSync } from 'node:fs';
import { InvariantError } from '../protocol/errors.js';

// A message is a head and raw bytes behind it: 4 bytes with the length of the head, the head as JSON with the message
// and the length of each run of bytes, then the runs. Frames of hundreds of MB pass through here, so that no byte of
// them is encoded, and each is copied once.

interface Head<Message> {
  message: Message;
  lengths: number[];
}

/** A longer head is not a message of ours. */
const LONGEST_HEAD = 16 << 20;
/** Bytes written at once by a process that does nothing else meanwhile. */
const PIECE_BYTES = 4 << 20;

/** The head of a message, to be written before its bytes. */
export function headOf(message: unknown, bytes: readonly Uint8Array[]): Uint8Array {
  const head: Head<unknown> = { message, lengths: bytes.map((run) => run.length) };
  const json = new TextEncoder().encode(JSON.stringify(head));
  const framed = new Uint8Array(4 + json.length);
  new DataView(framed.buffer).setUint32(0, json.length, true);
  framed.set(json, 4);
  return framed;
}

/** Writes a message to a blocking descriptor; returns when all of it is written. */
export function writeMessageSync(descriptor: number, message: unknown, bytes: readonly Uint8Array[] = []): void {
  for (const run of [headOf(message, bytes), ...bytes])
    for (let at = 0; at < run.length;)
      at += writeSync(descriptor, run, at, Math.min(PIECE_BYTES, run.length - at), null);
}

/** Waits for a message on a blocking descriptor. Undefined when the other side has gone. */
export function readMessageSync<Message>(descriptor: number): { message: Message; bytes: Uint8Array[] } | undefined {
  const read = (length: number): Uint8Array | undefined => {
    const run = new Uint8Array(length);
    for (let at = 0; at < length;) {
      const count = readSync(descriptor, run, at, length - at, null);
      if (count === 0) return undefined;
      at += count;
    }
    return run;
  };
  const size = read(4);
  if (size === undefined) return undefined;
  const json = read(new DataView(size.buffer).getUint32(0, true));
  if (json === undefined) return undefined;
  const { message, lengths } = JSON.parse(new TextDecoder().decode(json)) as Head<Message>;
  const bytes: Uint8Array[] = [];
  for (const length of lengths) {
    const run = read(length);
    if (run === undefined) return undefined;
    bytes.push(run);
  }
  return { message, bytes };
}

/**
 * Takes a stream apart into messages as it comes. Runs of bytes are put into shared memory, which render threads read.
 * @param mostBytes more bytes than this in one message are refused before memory is asked for: whoever sends may have
 * been taken over by the scene it reads.
 */
export function createMessageParser<Message>(options: {
  mostBytes: number;
  onMessage: (message: Message, bytes: Uint8Array[]) => void;
}): { push(chunk: Uint8Array): void } {
  let target = new Uint8Array(4);
  let filled = 0;
  let step: 'size' | 'head' | 'bytes' = 'size';
  let head: Head<Message> | undefined;
  let bytes: Uint8Array[] = [];

  function expect(next: typeof step, buffer: Uint8Array<ArrayBufferLike>): void {
    step = next;
    target = buffer as Uint8Array<ArrayBuffer>;
    filled = 0;
  }

  function take(): void {
    if (step === 'size') {
      const length = new DataView(target.buffer).getUint32(0, true);
      checkAtMost('the head of a message', length, LONGEST_HEAD);
      return expect('head', new Uint8Array(length));
    }
    if (step === 'head') {
      head = JSON.parse(new TextDecoder().decode(target)) as Head<Message>;
      checkAtMost(
        'the bytes of a message',
        head.lengths.reduce((sum, length) => sum + length, 0),
        options.mostBytes,
      );
      bytes = [];
    } else bytes.push(target);
    const next = head?.lengths[bytes.length];
    if (next !== undefined) return expect('bytes', new Uint8Array(new SharedArrayBuffer(next)));
    const message = (head as Head<Message>).message;
    const runs = bytes;
    [head, bytes] = [undefined, []];
    expect('size', new Uint8Array(4));
    options.onMessage(message, runs);
  }

  return {
    push(chunk) {
      for (let at = 0; at < chunk.length;) {
        const count = Math.min(chunk.length - at, target.length - filled);
        target.set(chunk.subarray(at, at + count), filled);
        filled += count;
        at += count;
        // A run of no bytes is complete at once.
        while (filled === target.length) take();
      }
    },
  };
}

function checkAtMost(what: string, actual: number, most: number): void {
  if (!(actual <= most)) throw new InvariantError({ what, expected: `at most ${most}`, actual });
}
