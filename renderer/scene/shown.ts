/** A value of a document as a sentence can hold it: cut where it is long, `nothing` where it is missing. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
