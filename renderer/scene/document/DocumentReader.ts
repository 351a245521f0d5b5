import { BadSceneError } from '../BadSceneError.js';
import { SCENE_LIMITS } from '../SCENE_LIMITS.js';
import { shown } from '../shown.js';

/** An object of a document of which nothing is known yet. */
export type Json = Record<string, unknown>;

/**
 * Reads values of a parsed document whose kinds nobody has vouched for. Every method takes the place for its error and
 * throws BadSceneError.
 */
export class DocumentReader {
  readonly root: Json;
  private readonly file: string;

  /** @param file for errors. */
  constructor(file: string, json: unknown) {
    this.file = file;
    this.root = this.object(json, 'document');
  }

  /** The error that names a place of this document. */
  bad(where: string, what: string, advice?: string): BadSceneError {
    return new BadSceneError({ file: this.file, where, what, ...(advice === undefined ? {} : { advice }) });
  }

  object(value: unknown, where: string): Json {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw this.bad(where, `${shown(value)}, where an object must be`);
    return value as Json;
  }

  /** The empty object where there is none. */
  optionalObject(value: unknown, where: string): Json {
    return value === undefined ? {} : this.object(value, where);
  }

  /** A list of no absurd length. */
  array(value: unknown, where: string): unknown[] {
    if (!Array.isArray(value))
      throw this.bad(where, `${value === undefined ? 'missing' : 'not a list'}, where a list must be`);
    if (value.length > SCENE_LIMITS.listLength)
      throw this.bad(
        where,
        `${value.length} elements exceed the limit of ${SCENE_LIMITS.listLength}`,
        'Split the scene.',
      );
    return value;
  }

  /** The empty list where there is none. */
  optionalArray(value: unknown, where: string): unknown[] {
    return value === undefined ? [] : this.array(value, where);
  }

  /** Visits every element of a list at the top of the document. */
  each(name: string, visit: (element: Json, where: string) => unknown): void {
    for (const [i, element] of this.optionalArray(this.root[name], name).entries()) {
      const holder = this.object(element, `${name}[${i}]`);
      this.text(holder['name'], `${name}[${i}].name`);
      visit(holder, `${name}[${i}]`);
    }
  }

  /** Elements of a list at the top of the document. */
  length(name: string): number {
    return this.optionalArray(this.root[name], name).length;
  }

  /** A whole number from `low` to `high`; `fallback` where the holder has none. */
  integer(holder: Json, name: string, where: string, low: number, high: number, fallback?: number): number {
    const value = holder[name] ?? fallback;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < low || value > high) {
      throw this.bad(
        `${where}.${name}`,
        high < low
          ? `${shown(holder[name])} points into an empty list`
          : `${shown(holder[name])} is no whole number from ${low} to ${high}`,
      );
    }
    return value;
  }

  /** An index into a list at the top of the document; -1 where the holder has none and none is required. */
  index(holder: Json, name: string, list: string, where: string, required = false): number {
    if (holder[name] === undefined && !required) return -1;
    return this.integer(holder, name, where, 0, this.length(list) - 1);
  }

  /** A list of indices into a list at the top of the document. */
  indices(holder: Json, name: string, list: string, where: string): void {
    const length = this.length(list);
    for (const value of this.optionalArray(holder[name], `${where}.${name}`)) {
      if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value >= length)
        throw this.bad(`${where}.${name}`, `${shown(value)} is not one of the ${length} ${list}`);
    }
  }

  /** Vertex attributes: each value an accessor. */
  attributes(value: unknown, where: string): void {
    const attributes = this.object(value, where);
    for (const name of Object.keys(attributes)) this.index(attributes, name, 'accessors', where, true);
  }

  /** A string, or nothing. */
  text(value: unknown, where: string): void {
    if (value !== undefined && typeof value !== 'string') throw this.bad(where, `${shown(value)} is not a string`);
  }

  /** A finite number, or nothing. */
  finite(value: unknown, where: string): void {
    if (value !== undefined && (typeof value !== 'number' || !Number.isFinite(value)))
      throw this.bad(where, `${shown(value)} is no finite number`);
  }

  /** A list of finite numbers, `length` of them where that is given, or nothing. */
  numbers(value: unknown, where: string, length?: number): void {
    if (value === undefined) return;
    const list = this.array(value, where);
    if (length !== undefined && list.length !== length)
      throw this.bad(where, `${list.length} numbers instead of ${length}`);
    for (const element of list) this.finite(element ?? null, where);
  }
}
