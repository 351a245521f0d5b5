// Which blocks may not go while garbage is collected. A request holds a block before it looks whether the block is
// there, and until what it wants of it stands in the list of pins. A collection is: begun (everything held is marked,
// and what is held from then on is marked as well) -> marking what pins reach -> removing what is not marked -> ended.
// Looking for a mark and beginning to remove are one turn, so that a holder either marks before, or waits until the
// block is gone and finds that out.
import type { CID } from 'multiformats/cid';
import { DigestSet } from './DigestSet.js';

/** What one request holds. */
export interface Hold {
  /** From now on this block stays until `release`; where it is being removed, resolves when it is gone. */
  take(cid: CID): Promise<void>;
  release(): void;
}

/** One collection's view of them. */
export interface Collection {
  mark(digest: Uint8Array): void;
  isMarked(digest: Uint8Array): boolean;
  /** Removes a block by `remove` unless it is marked; false where it is. */
  removeUnmarked(digest: Uint8Array, remove: () => Promise<void>): Promise<boolean>;
  end(): void;
}

/** The blocks that requests hold, and the marks of the collection that runs. */
export class BlockHolds {
  readonly #held = new Map<string, { digest: Uint8Array; holders: number }>();
  readonly #going = new Map<string, Promise<void>>();
  #marks: DigestSet | undefined;
  #ended: Promise<void> | undefined;

  hold(): Hold {
    const mine = new Set<string>();
    return {
      take: async ({ multihash: { digest } }) => {
        const key = keyOf(digest);
        this.#marks?.add(digest);
        if (!mine.has(key)) {
          mine.add(key);
          const held = this.#held.get(key);
          if (held === undefined) this.#held.set(key, { digest, holders: 1 });
          else held.holders++;
        }
        await this.#going.get(key);
      },
      release: () => {
        for (const key of mine) {
          const held = this.#held.get(key);
          if (held !== undefined && --held.holders === 0) this.#held.delete(key);
        }
        mine.clear();
      },
    };
  }

  /** Begins a collection, once the one that runs has ended. */
  async beginCollection(): Promise<Collection> {
    while (this.#ended !== undefined) await this.#ended;
    let ended = (): void => undefined;
    this.#ended = new Promise((resolve) => (ended = resolve));
    const marks = new DigestSet();
    for (const { digest } of this.#held.values()) marks.add(digest);
    this.#marks = marks;
    return {
      mark: (digest) => void marks.add(digest),
      isMarked: (digest) => marks.has(digest),
      removeUnmarked: async (digest, remove) => {
        if (marks.has(digest)) return false;
        const key = keyOf(digest);
        const removing = remove().finally(() => this.#going.delete(key));
        this.#going.set(
          key,
          removing.catch(() => undefined),
        );
        await removing;
        return true;
      },
      end: () => {
        this.#marks = undefined;
        this.#ended = undefined;
        ended();
      },
    };
  }
}

function keyOf(digest: Uint8Array): string {
  return Buffer.from(digest).toString('latin1');
}
