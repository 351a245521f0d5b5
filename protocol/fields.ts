import { BadInputError } from './errors.js';

/** A JSON object whose fields are read one by one, so that an error can name the one that is wrong. */
export class FieldReader {
  readonly #object: Record<string, unknown>;
  readonly #path: string;

  /**
   * `path` names the object in errors, for instance `manifest.camera`. `fields` lists every field there may be: any
   * other is an error.
   */
  constructor(value: unknown, path: string, fields: readonly string[]) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw fieldError(path, 'an object', value);
    for (const key of Object.keys(value))
      if (!fields.includes(key))
        throw new BadInputError({
          message: `${path}.${key} is not a known field`,
          facts: { field: `${path}.${key}` },
          advice: `Known fields are ${fields.join(', ')}.`,
        });
    this.#object = value as Record<string, unknown>;
    this.#path = path;
  }

  /** The raw value of a field and its full name. */
  raw(name: string): { value: unknown; field: string } {
    return { value: this.#object[name], field: `${this.#path}.${name}` };
  }

  /** Whether the field is there and not undefined. */
  has(name: string): boolean {
    return this.#object[name] !== undefined;
  }

  /** An integer in min..max. */
  integer(name: string, min: number, max: number): number {
    const { value, field } = this.raw(name);
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min || value > max)
      throw fieldError(field, `an integer from ${min} to ${max}`, value);
    return value;
  }

  /** A finite number in min..max. */
  number(name: string, min = -Number.MAX_VALUE, max = Number.MAX_VALUE): number {
    const { value, field } = this.raw(name);
    if (typeof value !== 'number' || !Number.isFinite(value) || value < min || value > max)
      throw fieldError(field, min === -Number.MAX_VALUE ? 'a finite number' : `a number from ${min} to ${max}`, value);
    return value;
  }

  /** A string of 0..maxLength UTF-16 units. */
  string(name: string, maxLength: number): string {
    const { value, field } = this.raw(name);
    if (typeof value !== 'string' || value.length > maxLength)
      throw fieldError(field, `a string of at most ${maxLength} characters`, value);
    return value;
  }

  boolean(name: string): boolean {
    const { value, field } = this.raw(name);
    if (typeof value !== 'boolean') throw fieldError(field, 'true or false', value);
    return value;
  }

  /** One of the given literals. */
  literal<T extends string | number>(name: string, allowed: readonly T[]): T {
    const { value, field } = this.raw(name);
    if (!(allowed as readonly unknown[]).includes(value))
      throw fieldError(field, allowed.map((one) => JSON.stringify(one)).join(' or '), value);
    return value as T;
  }

  /** An array of at most maxLength elements, each read by `read` with its full name. */
  array<T>(name: string, maxLength: number, read: (value: unknown, field: string) => T): T[] {
    const { value, field } = this.raw(name);
    if (!Array.isArray(value) || value.length > maxLength)
      throw fieldError(field, `an array of at most ${maxLength} elements`, value);
    return value.map((element, index) => read(element, `${field}[${index}]`));
  }

  /** A field read by a parser of ids.ts: `reader.parsed('cid', parseCid)`. */
  parsed<T>(name: string, parse: (value: unknown, what?: string) => T): T {
    const { value, field } = this.raw(name);
    return parse(value, field);
  }
}

function fieldError(field: string, form: string, value: unknown): BadInputError {
  const shown = value === undefined ? 'missing' : (JSON.stringify(value)?.slice(0, 80) ?? String(value));
  return new BadInputError({
    message: value === undefined ? `${field} is missing; it must be ${form}` : `${field} must be ${form}, not ${shown}`,
    facts: { field, value: shown },
  });
}
