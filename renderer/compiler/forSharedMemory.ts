import { InvariantError } from '../../protocol/errors.js';

const IMPORT_SECTION = 2;
const MEMORY_IMPORT = 2;
const GLOBAL_IMPORT = 3;
/** A memory's flags: it states a maximum, and it is shared. */
const HAS_MAXIMUM = 1;
const SHARED = 2;

/**
 * A compiled kernel as it is for a memory that many threads share. WebAssembly states in the module whether a memory is
 * shared, in one bit; the instructions are the same, and so are the results. The kernel's hash stays that of the other
 * form, which runs where memory cannot be shared.
 */
export function forSharedMemory(wasm: Uint8Array): Uint8Array {
  const shared = wasm.slice();
  const at = memoryFlagsOf(shared);
  if (shared[at] !== HAS_MAXIMUM)
    throw new InvariantError({ what: "flags of a kernel's memory", expected: HAS_MAXIMUM, actual: shared[at] });
  shared[at] = HAS_MAXIMUM | SHARED;
  return shared;
}

/** Where the flags of the imported memory stand. */
function memoryFlagsOf(wasm: Uint8Array): number {
  let at = 8;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = wasm[at++] ?? 0;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  while (at < wasm.length) {
    const section = wasm[at++];
    const byteLength = number();
    if (section !== IMPORT_SECTION) {
      at += byteLength;
      continue;
    }
    for (let left = number(); left > 0; left--) {
      // The names of module and field, then what is imported.
      for (let name = 0; name < 2; name++) {
        const length = number();
        at += length;
      }
      const kind = wasm[at++];
      if (kind === MEMORY_IMPORT) return at;
      if (kind !== GLOBAL_IMPORT) break;
      at += 2;
    }
    break;
  }
  throw new InvariantError({ what: 'imports of a kernel', expected: 'a memory', actual: 'none' });
}
