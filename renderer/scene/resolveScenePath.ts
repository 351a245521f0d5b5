import { bytesOfLatin1 } from '../../protocol/bytes.js';
import { BadSceneError } from './BadSceneError.js';

/** Whether a glTF URI holds its bytes itself. */
export function isDataUri(uri: string): boolean {
  return /^data:/i.test(uri);
}

/**
 * The path, relative to the scene's folder, that a URI inside `entry` names. Forward slashes, no `.` or `..` left.
 * Throws BadSceneError for anything that would leave the folder or go to a network: absolute paths, schemes, drive
 * letters, `..` above the folder.
 */
export function resolveScenePath(options: { entry: string; uri: string; where: string }): string {
  const { entry, uri, where } = options;
  const refuse = (what: string): BadSceneError =>
    new BadSceneError({
      file: entry,
      where,
      what: `${JSON.stringify(uri.length > 80 ? `${uri.slice(0, 80)}...` : uri)} ${what}`,
      advice: 'Put every file of the scene below the folder of its .gltf and name it by a relative path.',
    });
  if (/^[a-z][a-z0-9+.-]*:/i.test(uri)) throw refuse('is not a file of the scene');
  let decoded: string;
  try {
    decoded = decodeURIComponent(uri);
  } catch {
    // Exporters also write names with a bare % in them, unescaped.
    decoded = uri;
  }
  if (decoded === '') throw refuse('is an empty file name');
  if (decoded.includes('\0')) throw refuse('holds a zero byte');
  if (decoded.length > LONGEST_PATH)
    throw refuse(
      `is taken for a file name and has ${decoded.length} characters: what holds its bytes itself begins with "data:"`,
    );
  const slashed = decoded.replaceAll('\\', '/');
  if (slashed.startsWith('/') || /^[a-z]:/i.test(slashed)) throw refuse('is an absolute path');
  const parts = entry.split('/').slice(0, -1);
  for (const part of slashed.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) throw refuse("leaves the scene's folder");
  }
  if (parts.length === 0) throw refuse('names no file');
  return parts.join('/');
}

/** Longer than any path of a scene; longer ones are bytes that lost their `data:`. */
const LONGEST_PATH = 4096;

/** The bytes of a data URI, or undefined when it is malformed. */
export function bytesOfDataUri(uri: string): Uint8Array | undefined {
  const comma = uri.indexOf(',');
  if (comma < 0) return undefined;
  const body = uri.slice(comma + 1);
  const unescaped = body.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  if (!/;base64$/i.test(uri.slice(0, comma))) return bytesOfLatin1(unescaped);
  const packed = unescaped.replace(/\s/g, '');
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(packed)) return undefined;
  // atob knows neither the alphabet of URLs nor a last digit alone, which holds no whole byte.
  const digits = packed.replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/');
  return bytesOfLatin1(atob(digits.length % 4 === 1 ? digits.slice(0, -1) : digits));
}
