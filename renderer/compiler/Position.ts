declare const POSITION: unique symbol;

/** Offset of a character in the text of all of a kernel's files, joined (SourceText). */
export type Position = number & { readonly [POSITION]: true };
