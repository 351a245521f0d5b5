/**
 * What a decoder complains of, for people. What JavaScript itself says of a program that stumbled over a damaged file
 * names the program's variables and not the file's fault.
 */
export function reasonOf(cause: unknown): string {
  const stumbled = cause instanceof TypeError || cause instanceof RangeError || cause instanceof ReferenceError;
  const message = cause instanceof Error ? cause.message : typeof cause === 'string' ? cause : '';
  return stumbled || message === '' || /undefined/.test(message) ? 'its parts do not fit together' : message;
}
