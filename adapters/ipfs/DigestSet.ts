/**
 * A set of digests in flat memory: 16 to 32 bytes each, where a Set of names takes ten times that, so that millions of
 * blocks fit. It compares the first 64 bits: of the digests of blocks that nobody made to collide, two share them in
 * one of 2^24 stores of a million. Whoever makes them collide keeps a block that would have gone.
 */
export class DigestSet {
  #table = new Uint32Array(2 * 1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(digest: Uint8Array): boolean {
    const slot = slotOf(this.#table, headOf(digest));
    return this.#table[slot] !== 0 || this.#table[slot + 1] !== 0;
  }

  /** False when it was there. */
  add(digest: Uint8Array): boolean {
    const head = headOf(digest);
    const slot = slotOf(this.#table, head);
    if (this.#table[slot] !== 0 || this.#table[slot + 1] !== 0) return false;
    this.#table.set(head, slot);
    this.#size++;
    // Half full at most, or searches grow long.
    if (4 * this.#size > this.#table.length) this.#grow();
    return true;
  }

  #grow(): void {
    const larger = new Uint32Array(2 * this.#table.length);
    for (let slot = 0; slot < this.#table.length; slot += 2) {
      const head: Head = [this.#table[slot] as number, this.#table[slot + 1] as number];
      if (head[0] !== 0 || head[1] !== 0) larger.set(head, slotOf(larger, head));
    }
    this.#table = larger;
  }
}

type Head = [number, number];

/** The first 64 bits; nothing but zeros stands for an empty slot. */
function headOf(digest: Uint8Array): Head {
  const view = new DataView(digest.buffer, digest.byteOffset, digest.byteLength);
  const head: Head = [view.getUint32(0), view.getUint32(4)];
  return head[0] === 0 && head[1] === 0 ? [0, 1] : head;
}

/** Where a head is, or the empty slot where it would be. */
function slotOf(table: Uint32Array, [high, low]: Head): number {
  const mask = table.length - 1;
  let slot = (2 * high) & mask & ~1;
  while ((table[slot] !== 0 || table[slot + 1] !== 0) && (table[slot] !== high || table[slot + 1] !== low))
    slot = (slot + 2) & mask;
  return slot;
}
