import { sizeOf, strideOf } from './tree/layout.js';
import type { Variable } from './tree/tree.js';
import type { Type } from './tree/types.js';

/** A binding of the kernel: a buffer that the host places in memory. */
export interface Binding {
  name: string;
  binding: number;
  type: Type;
  writable: boolean;
  /** Bytes from one element of the array to the next; of a struct that holds no array, its size. */
  elementStride: number;
}

/** A binding as the host sees it. */
export function bindingOf({ name, binding, type, writable }: Variable): Binding {
  const elementStride = type.kind === 'array' ? strideOf(type.element) : sizeOf(type);
  return { name, binding: binding!, type, writable, elementStride };
}
