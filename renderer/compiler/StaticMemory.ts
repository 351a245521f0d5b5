/** Bytes kept free below, so that an address of zero is nobody's. */
const FIRST_ADDRESS = 16;

/**
 * The part of a thread's memory that the compiler hands out: tables of constants, and the arrays of functions and of
 * private variables. WGSL has no recursion, so every array of a function has one place for good.
 */
export class StaticMemory {
  #top = FIRST_ADDRESS;
  readonly #addresses = new Map<object, number>();
  readonly #segments: { address: number; bytes: Uint8Array }[] = [];

  /** Bytes used so far, from address 0. */
  get byteLength(): number {
    return this.#top;
  }

  /** What memory holds before the first call. */
  get segments(): readonly { address: number; bytes: Uint8Array }[] {
    return this.#segments;
  }

  /**
   * The address of what `owner` (a declaration, a constant) keeps in memory; the same one for the same owner. On a
   * 16-byte boundary.
   */
  addressFor(owner: object, byteLength: number, initial?: Uint8Array): number {
    const known = this.#addresses.get(owner);
    if (known !== undefined) return known;
    const address = this.#top;
    this.#top = Math.ceil((address + byteLength) / 16) * 16;
    this.#addresses.set(owner, address);
    if (initial !== undefined) this.#segments.push({ address, bytes: initial });
    return address;
  }
}
