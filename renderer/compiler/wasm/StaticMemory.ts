/**
 * The part of memory that each instance of a kernel has to itself: tables of constants, and the arrays of functions and
 * of private variables. WGSL has no recursion, so every array of a function has one place for good. Addresses count
 * from where the host puts the instance's part, so that many instances can share one memory.
 */
export class StaticMemory {
  #top = 0;
  readonly #addresses = new Map<object, number>();
  readonly #segments: { address: number; bytes: Uint8Array }[] = [];

  /** Bytes used so far. */
  get byteLength(): number {
    return this.#top;
  }

  /** What it holds before the first call, up to the end of the last constant. */
  get image(): Uint8Array {
    const image = new Uint8Array(
      this.#segments.reduce((end, { address, bytes }) => Math.max(end, address + bytes.length), 0),
    );
    for (const { address, bytes } of this.#segments) image.set(bytes, address);
    return image;
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
