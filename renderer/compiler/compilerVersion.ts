/** Part of every kernel's hash: raised whenever the same source may compile to something else. */
export const COMPILER_VERSION = 'rushes-wgsl-wasm 3, binaryen 132.0.0';
