import { EngineFailedError } from '../../party/createSteadyEngine.js';
import { type ChunkTask, renderChunk } from '../../renderer/renderChunk.js';

/**
 * Renders a chunk with a steady engine: once more when the engine failed, which `onRestart` is told. A second failure
 * is thrown with its own reason and advice: a third engine would fail as well.
 */
export async function renderSteadily({
  onRestart,
  ...task
}: ChunkTask & { onRestart: (error: EngineFailedError) => void }): ReturnType<typeof renderChunk> {
  try {
    return await renderChunk(task);
  } catch (error) {
    if (!(error instanceof EngineFailedError)) throw error;
    onRestart(error);
  }
  try {
    return await renderChunk(task);
  } catch (error) {
    throw error instanceof EngineFailedError ? error.cause : error;
  }
}
