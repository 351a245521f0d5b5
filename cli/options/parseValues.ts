import { isIP } from 'node:net';
import { InvalidArgumentError } from 'commander';
import { MANIFEST_LIMITS } from '../../protocol/manifest.js';
import { parseContact } from '../../protocol/network.js';

// One parser per form of option value. Each throws InvalidArgumentError, which commander turns into one sentence that
// names the option.

/** A whole number within bounds. */
export function integerBetween(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^[+-]?\d+$/.test(text.trim()) || !Number.isSafeInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    return value;
  };
}

/** Bytes: a number with KiB, MiB, GiB, or alone. */
export function parseBytes(text: string): number {
  const match = /^(\d{1,13}(?:\.\d{1,6})?) *(KiB|MiB|GiB)?$/i.exec(text.trim());
  const unit = { '': 1, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30 }[(match?.[2] ?? '').toLowerCase()];
  const bytes = Math.floor(Number(match?.[1]) * (unit ?? Number.NaN));
  if (!(bytes >= LEAST_SCENE_BYTES && bytes <= MOST_SCENE_BYTES))
    throw new InvalidArgumentError('It must be from 64MiB to 1024GiB, for instance 2GiB.');
  return bytes;
}

const LEAST_SCENE_BYTES = 64 * 2 ** 20;
const MOST_SCENE_BYTES = 1024 * 2 ** 30;

/** A finite number within bounds. */
export function numberBetween(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || value < least || value > most)
      throw new InvalidArgumentError(`It must be a number from ${least} to ${most}.`);
    return value;
  };
}

/** WxH in pixels. */
export function parseSize(text: string): { width: number; height: number } {
  const match = /^(\d{1,9})[xX×](\d{1,9})$/.exec(text.trim());
  if (match === null) throw new InvalidArgumentError('It must be WIDTHxHEIGHT in pixels, for instance 1280x720.');
  const [width, height] = [Number(match[1]), Number(match[2])];
  const most = MANIFEST_LIMITS.side;
  if (width < 1 || height < 1 || width > most || height > most)
    throw new InvalidArgumentError(`Each side must be from 1 to ${most} pixels.`);
  return { width, height };
}

/** A-B inclusive, or one frame. */
export function parseFrames(text: string): { first: number; last: number } {
  const match = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text.trim());
  if (match === null) throw new InvalidArgumentError('It must be one frame (7) or a range (0-23).');
  const first = Number(match[1]);
  const last = match[2] === undefined ? first : Number(match[2]);
  if (last < first) throw new InvalidArgumentError('The last frame comes before the first.');
  if (last > MANIFEST_LIMITS.frameNumber)
    throw new InvalidArgumentError(`Frames are numbered up to ${MANIFEST_LIMITS.frameNumber}.`);
  if (last - first >= MANIFEST_LIMITS.frames)
    throw new InvalidArgumentError(`One job has at most ${MANIFEST_LIMITS.frames} frames.`);
  return { first, last };
}

/** X,Y,Z in metres. */
export function parseTriple(text: string): [number, number, number] {
  const parts = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (parts.length !== 3 || parts.some((part) => !Number.isFinite(part)))
    throw new InvalidArgumentError('It must be three numbers, for instance 0,1.5,-2.');
  return parts as [number, number, number];
}

/** THETA,PHI,RADIUS: two angles in degrees, a distance in metres. */
export function parseOrbit(text: string): { thetaDegrees: number; phiDegrees: number; radius: number } {
  const [thetaDegrees, phiDegrees, radius] = parseTriple(text);
  if (Math.abs(thetaDegrees) > 3600) throw new InvalidArgumentError('THETA must be from -3600 to 3600 degrees.');
  if (phiDegrees < 0 || phiDegrees > 180)
    throw new InvalidArgumentError('PHI must be from 0 (above) to 180 (below) degrees.');
  if (radius < 1e-6 || radius > 1e9) throw new InvalidArgumentError('RADIUS must be a distance above 0 in metres.');
  return { thetaDegrees, phiDegrees, radius };
}

/** env, transparent or a colour, as a manifest has it. */
export function parseBackground(text: string): 'environment' | 'transparent' | `#${string}` {
  const value = text.trim().toLowerCase();
  if (value === 'env' || value === 'environment') return 'environment';
  if (value === 'transparent') return 'transparent';
  if (/^#[0-9a-f]{6}$/.test(value)) return value as `#${string}`;
  throw new InvalidArgumentError('It must be env, transparent or a colour like #1a2b3c.');
}

/** A multiple of 16, as tiles are. */
export function parseTile(text: string): number {
  const value = integerBetween(16, 256)(text);
  if (value % 16 !== 0) throw new InvalidArgumentError('It must be a multiple of 16 from 16 to 256.');
  return value;
}

/** The address of a service on the web, without query and credentials, and without a slash at its end. */
export function parsePublicUrl(text: string): string {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
  const isPlain =
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.username === '' &&
    url.password === '' &&
    url.search === '' &&
    url.hash === '';
  if (!isPlain)
    throw new InvalidArgumentError('It must be an address like https://render.example.org or http://10.0.0.7:8800.');
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** A line that everybody may read. */
export function parseContactLine(text: string): string {
  try {
    return parseContact(text);
  } catch {
    throw new InvalidArgumentError('It must be one line of at most 200 characters.');
  }
}

/** An IP address to listen on, or localhost. */
export function parseHost(text: string): string {
  const host = text.trim().replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) === 0 && host !== 'localhost')
    throw new InvalidArgumentError(
      'It must be an address of this machine in figures, or 0.0.0.0 or :: for all of them.',
    );
  return host === 'localhost' ? '127.0.0.1' : host;
}

/** Addresses or networks (10.0.0.0/8), with commas between. */
export function parseAddresses(text: string): string[] {
  const parts = text.split(',').map((part) => part.trim());
  for (const part of parts) {
    const [address = '', bits, ...more] = part.split('/');
    const isNetwork =
      bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isIP(address) === 6 ? 128 : 32));
    if (isIP(address) === 0 || !isNetwork || more.length > 0)
      throw new InvalidArgumentError('It must be addresses or networks, for instance 127.0.0.1,10.0.0.0/8.');
  }
  return parts;
}

/** Whole tokens with up to 18 decimals, as wei. */
export function parseMoney(text: string): bigint {
  const match = /^(\d{1,30})(?:\.(\d{1,18}))?$/.exec(text.trim());
  if (match === null) throw new InvalidArgumentError('It must be an amount of money, for instance 12.5.');
  return BigInt(match[1]! + (match[2] ?? '').padEnd(18, '0'));
}

/** HH:MM, a time of day of this machine. */
export function parseTimeOfDay(text: string): { hours: number; minutes: number } {
  const match = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text.trim());
  if (match === null) throw new InvalidArgumentError('It must be a time of day, for instance 07:30.');
  return { hours: Number(match[1]), minutes: Number(match[2]) };
}
