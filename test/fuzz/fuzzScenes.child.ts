// Tries mutated scenes one after another and says what became of each: its parent watches its memory and its time.
import { mutateScene } from './mutateScene.js';
import { randomOf } from './random.js';
import { soundScenes } from './soundScenes.js';
import { tryScene } from './tryScene.js';

const [seed, first, end, sceneBytes] = process.argv.slice(2).map(Number) as [number, number, number, number];
const sound = await soundScenes();
const say = (message: unknown): Promise<void> => new Promise((said) => process.send?.(message, () => said()));
await say({ kind: 'ready' });
for (let index = first; index < end; index++) {
  await say({ kind: 'trying', index });
  const scene = mutateScene(randomOf(seed, index), sound);
  try {
    const { refusal } = await tryScene(scene, sceneBytes);
    await say({ kind: 'tried', index, refusal });
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    await say({ kind: 'fault', index, story: scene.story, what });
  }
}
await say({ kind: 'done' });
process.disconnect();
