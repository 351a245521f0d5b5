/** Whoever asks and waits for the prompt is told sooner than a job that a chain is away. */
export const PROMPT_PATIENCE_MS = 20_000;
