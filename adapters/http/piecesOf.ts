/** The body of an answer, piece by piece. Not every browser's streams can be iterated over. */
export async function* piecesOf(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // Hangs up when nobody wants the rest.
    await reader.cancel().catch(() => undefined);
  }
}
