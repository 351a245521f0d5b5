import { BadInputError } from './errors.js';

const hexDigits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Bytes to lowercase hex with 0x. */
export function hexOfBytes(bytes: Uint8Array): `0x${string}` {
  let text = '0x';
  for (const byte of bytes) text += hexDigits[byte] as string;
  return text as `0x${string}`;
}

/** Hex with 0x (either case) to bytes. Throws BadInputError on anything else. */
export function bytesOfHex(hex: string): Uint8Array {
  if (!/^0x([0-9a-fA-F]{2})*$/.test(hex))
    throw new BadInputError({ message: `not hex with 0x: ${hex.slice(0, 80)}`, facts: { hex: hex.slice(0, 80) } });
  const bytes = new Uint8Array((hex.length - 2) / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(2 + 2 * i, 4 + 2 * i), 16);
  return bytes;
}

/** The pieces one after the other, in an array of their own. */
export function concatBytes(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/**
 * A character per byte. Not TextDecoder's latin1: that is Windows-1252 by its standard, and another character for 27
 * bytes.
 */
export function latin1OfBytes(bytes: Uint8Array): string {
  let text = '';
  // As many at once as any engine takes for arguments.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}

/** A byte per character, the low eight bits of each. */
export function bytesOfLatin1(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** One byte. */
export function u8(value: number): Uint8Array {
  return Uint8Array.of(checked(value, 0xff, 'u8'));
}

/** Unsigned 32-bit integer, big-endian, 4 bytes. */
export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, checked(value, 0xffffffff, 'u32'), false);
  return bytes;
}

/** Unsigned 64-bit integer, big-endian, 8 bytes, from a safe integer. */
export function u64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(checked(value, Number.MAX_SAFE_INTEGER, 'u64')), false);
  return bytes;
}

/** Unsigned 256-bit integer, big-endian, 32 bytes. */
export function u256(value: bigint): Uint8Array {
  if (value < 0n || value >= 1n << 256n) throw new RangeError(`not a u256: ${value}`);
  return bytesOfHex(`0x${value.toString(16).padStart(64, '0')}`);
}

/** 32 bytes, big-endian, to an unsigned integer. */
export function bigintOfBytes(bytes: Uint8Array): bigint {
  return BigInt(hexOfBytes(bytes));
}

/**
 * The little-endian bytes of float32 values; a view without copying where the machine is little-endian, as every
 * machine that runs Node is in practice.
 */
export function littleEndianBytes(values: Float32Array | Uint16Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (machineIsLittleEndian) return bytes;
  const swapped = new Uint8Array(bytes.length);
  const width = values.BYTES_PER_ELEMENT;
  for (let i = 0; i < bytes.length; i++) swapped[i] = bytes[i - (i % width) + (width - 1 - (i % width))] as number;
  return swapped;
}

const machineIsLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function checked(value: number, max: number, type: string): number {
  if (!Number.isSafeInteger(value) || value < 0 || value > max) throw new RangeError(`not a ${type}: ${value}`);
  return value;
}
