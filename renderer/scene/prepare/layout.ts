// Sizes and flags of renderer/kernels/layout.wgsl, which has the meaning of each.

/** 32-bit words per element of the kernel's structures. */
export const WORDS = { frame: 40, node: 28, block: 40, surface: 32, slot: 12, material: 76, light: 16 } as const;

export const FRAME_FLAGS = {
  orthographic: 1,
  environment: 2,
  backgroundColor: 4,
  backgroundTransparent: 8,
  emission: 16,
} as const;
export const MATERIAL_FLAGS = { mask: 1, blend: 2, doubleSided: 4, unlit: 8, colors: 16 } as const;
export const SLOT_FLAGS = {
  used: 1,
  uv1: 2,
  srgb: 4,
  nearest: 8,
  clampS: 16,
  mirrorS: 32,
  clampT: 64,
  mirrorT: 128,
} as const;
export const LIGHT_KINDS = { point: 0, spot: 1, directional: 2, triangle: 3, environment: 4 } as const;

export const CHILD_IS_BLOCK = 0x80000000;
export const TRIANGLE_ALPHA = 0x80000000;
export const TRIANGLE_SINGLE_SIDED = 0x40000000;
export const NONE = 0xffffffff;
/** Entries of the kernel's traversal stacks. */
export const STACK_SIZE = 128;

/** Zeroed memory that threads can share, at least 16 bytes so that no binding is empty. */
export function sharedBytes(byteLength: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(Math.max(16, byteLength)));
}

/** Float and integer views of the same memory. */
export function wordsOf(bytes: Uint8Array): { floats: Float32Array; words: Uint32Array } {
  const count = bytes.byteLength >>> 2;
  return {
    floats: new Float32Array(bytes.buffer, bytes.byteOffset, count),
    words: new Uint32Array(bytes.buffer, bytes.byteOffset, count),
  };
}
