import binaryen from 'binaryen';
import { elementOf, holdsArray, isSimd, laneCount } from '../tree/types.js';
import { sizeOf, slotsOf } from '../tree/layout.js';
import { laneBits } from '../tree/promote.js';
import type { Constant, FunctionTree, Variable } from '../tree/tree.js';
import { DoubtWatch } from './DoubtWatch.js';
import { wasmType } from './FunctionBuilder.js';
import { baseGlobal, lengthGlobal, STATIC_BASE } from './globals.js';
import { StaticMemory } from './StaticMemory.js';
import type { Place, Read, Register } from './values.js';

/** What the functions of a kernel share as WebAssembly. */
export class WasmKernel {
  readonly wasm = new binaryen.Module();
  readonly memory = new StaticMemory();
  /** Where the host puts the static memory of this instance, from which its addresses count. */
  readonly staticBase: Read = () => this.wasm.global.get(STATIC_BASE, binaryen.i32);
  /** Traps on an index out of range, instead of leaving it undefined. */
  readonly checks: boolean;
  /** Tells the host of every doubtful number. */
  readonly watch: DoubtWatch | undefined;
  /** Nodes of the functions met so far, those of what they inline included; see inlining.ts. */
  readonly weights = new Map<FunctionTree, number>();
  readonly #places = new Map<Variable, Place>();

  constructor(options: { checks: boolean; watchNumbers: boolean }) {
    this.checks = options.checks;
    this.watch = options.watchNumbers ? new DoubtWatch(this.wasm) : undefined;
  }

  /** Where a binding or private variable lives. */
  placeOf(variable: Variable): Place {
    const known = this.#places.get(variable);
    if (known !== undefined) return known;
    const place = variable.space === 'storage' ? this.#bindingPlace(variable) : this.#privatePlace(variable);
    this.#places.set(variable, place);
    return place;
  }

  #bindingPlace({ name, type }: Variable): Place {
    const base = () => this.wasm.global.get(baseGlobal(name), binaryen.i32);
    const byteLength = () => this.wasm.global.get(lengthGlobal(name), binaryen.i32);
    return { kind: 'memory', type, base, offset: 0, space: 'storage', byteLength };
  }

  #privatePlace(variable: Variable): Place {
    const { wasm } = this;
    const { name, type } = variable;
    if (holdsArray(type)) return this.staticPlace(variable, variable);
    const registers = slotsOf(type).map((slot, index): Register => {
      const global = `private_${name}_${index}`;
      const wasmSlot = wasmType(slot.type);
      const zero = isSimd(slot.type)
        ? wasm.v128.const(new Uint8Array(16))
        : elementOf(slot.type) === 'f32'
          ? wasm.f32.const(0)
          : wasm.i32.const(0);
      wasm.addGlobal(global, wasmSlot, true, zero);
      return { read: () => wasm.global.get(global, wasmSlot), write: (value) => wasm.global.set(global, value) };
    });
    return { kind: 'registers', type, registers, space: 'private' };
  }

  /** A place in the static memory for what `owner` keeps there. */
  staticPlace(owner: object, { type, space }: Pick<Variable, 'type' | 'space'>): Place & { kind: 'memory' } {
    const offset = this.memory.addressFor(owner, sizeOf(type));
    return { kind: 'memory', type, base: this.staticBase, offset, space };
  }

  /** A constant array laid out in memory, where it can be indexed with what is computed. */
  tablePlace(table: Constant): Place {
    const bytes = new Uint8Array(sizeOf(table.type));
    const words = new DataView(bytes.buffer);
    let lane = 0;
    for (const slot of slotsOf(table.type)) {
      for (let component = 0; component < laneCount(slot.type); component++, lane++) {
        const element = elementOf(slot.type);
        const bits = laneBits(table.lanes[lane]!, element);
        // A boolean on its own is 0 or 1, in a mask all ones.
        words.setInt32(slot.offset + 4 * component, element === 'bool' && !isSimd(slot.type) ? -bits : bits, true);
      }
    }
    const offset = this.memory.addressFor(table, bytes.length, bytes);
    return { kind: 'memory', type: table.type, base: this.staticBase, offset, space: 'private' };
  }
}
