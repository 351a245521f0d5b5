import type { Member } from './Member.js';

/**
 * Reads and writes records of one of the kernel's structs by the names of their members (generated/layout.ts). It
 * stands on one record at a time. Lengths and places are in 32-bit words, and lie within the bytes: a word beyond them
 * is dropped, and read as undefined.
 */
export class RecordView<Struct extends string> {
  readonly #floats: Float32Array;
  readonly #words: Uint32Array;
  readonly #recordWords: number;
  #at = 0;

  /**
   * Stands on the first record.
   * @param bytes whole words, on a word's boundary.
   * @param recordWords size of a record, the struct's `_WORDS`.
   */
  constructor(bytes: Uint8Array, recordWords: number) {
    const count = bytes.byteLength >>> 2;
    this.#floats = new Float32Array(bytes.buffer, bytes.byteOffset, count);
    this.#words = new Uint32Array(bytes.buffer, bytes.byteOffset, count);
    this.#recordWords = recordWords;
  }

  /** Stands on the record of this index. */
  seek(index: number): this {
    this.#at = index * this.#recordWords;
    return this;
  }

  getF32(member: Member<Struct, 'f32'>): number {
    return this.#floats[this.#at + member]!;
  }

  setF32(member: Member<Struct, 'f32'>, value: number): void {
    this.#floats[this.#at + member] = value;
  }

  getU32(member: Member<Struct, 'u32'>): number {
    return this.#words[this.#at + member]!;
  }

  setU32(member: Member<Struct, 'u32'>, value: number): void {
    this.#words[this.#at + member] = value;
  }

  setVec2f(member: Member<Struct, 'vec2f'>, x: number, y: number): void {
    const at = this.#at + member;
    this.#floats[at] = x;
    this.#floats[at + 1] = y;
  }

  getVec3f(member: Member<Struct, 'vec3f'>): [x: number, y: number, z: number] {
    const at = this.#at + member;
    return [this.#floats[at]!, this.#floats[at + 1]!, this.#floats[at + 2]!];
  }

  setVec3f(member: Member<Struct, 'vec3f'>, x: number, y: number, z: number): void {
    const at = this.#at + member;
    this.#floats[at] = x;
    this.#floats[at + 1] = y;
    this.#floats[at + 2] = z;
  }

  setVec4f(member: Member<Struct, 'vec4f'>, x: number, y: number, z: number, w: number): void {
    const at = this.#at + member;
    this.#floats[at] = x;
    this.#floats[at + 1] = y;
    this.#floats[at + 2] = z;
    this.#floats[at + 3] = w;
  }

  /** One component of a vector, for structures of arrays: `lane` 0 to 3. */
  setLaneF32(member: Member<Struct, 'vec4f'>, lane: number, value: number): void {
    this.#floats[this.#at + member + lane] = value;
  }

  getLaneU32(member: Member<Struct, 'vec4u'>, lane: number): number {
    return this.#words[this.#at + member + lane]!;
  }

  setLaneU32(member: Member<Struct, 'vec4u'>, lane: number, value: number): void {
    this.#words[this.#at + member + lane] = value;
  }

  /** A view that stands on a struct within this record. */
  within<Inner extends string>(member: Member<Struct, Inner>): RecordView<Inner> {
    const inner = new RecordView<Inner>(
      new Uint8Array(this.#words.buffer, this.#words.byteOffset, this.#words.byteLength),
      0,
    );
    inner.#at = this.#at + member;
    return inner;
  }
}
