declare const OF: unique symbol;

/**
 * Place of a member in its struct, in 32-bit words. Its type says of which struct and what it holds, in the words of
 * WGSL, so that a packer cannot write a float where the kernel reads an integer, nor one struct's member into another.
 */
export type Member<Struct extends string, Type extends string> = number & { readonly [OF]: [Struct, Type] };
