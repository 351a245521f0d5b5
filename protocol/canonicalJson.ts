import canonicalize from 'canonicalize';
import { MalformedError } from './errors.js';
import { equalBytes } from './sha256.js';

/** A value that JSON can hold without loss. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * The canonical JSON text of a value (RFC 8785): sorted keys, no spaces, ECMAScript number form.
 * Throws MalformedError for what JSON cannot hold (undefined at the top, NaN, infinities, bigint).
 */
export function canonicalJson(value: unknown): string {
  let text: string | undefined;
  try {
    text = (canonicalize as unknown as (value: unknown) => string | undefined)(value);
  } catch (cause) {
    throw new MalformedError({
      what: 'value for canonical JSON',
      reason: cause instanceof Error ? cause.message : String(cause),
    });
  }
  if (text === undefined) throw new MalformedError({ what: 'value for canonical JSON', reason: 'it has no JSON form' });
  return text;
}

/** canonicalJson as UTF-8 bytes. */
export function canonicalBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(canonicalJson(value));
}

/**
 * Parses bytes that must be canonical JSON: valid UTF-8 and exactly the bytes that canonicalBytes gives back. Throws
 * MalformedError naming `what`.
 */
export function parseCanonicalJson(bytes: Uint8Array, options: { what: string; maxBytes: number }): Json {
  const { what, maxBytes } = options;
  if (bytes.length > maxBytes)
    throw new MalformedError({ what, reason: `it has ${bytes.length} bytes, at most ${maxBytes} are allowed` });
  let value: Json;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Json;
  } catch (cause) {
    throw new MalformedError({
      what,
      reason: `it is not JSON in UTF-8 (${cause instanceof Error ? cause.message : String(cause)})`,
    });
  }
  if (!equalBytes(canonicalBytes(value), bytes))
    throw new MalformedError({ what, reason: 'it is not in canonical form (RFC 8785)' });
  return value;
}
