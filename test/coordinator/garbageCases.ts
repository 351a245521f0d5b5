// What a coordinator does with a node that keeps nothing but its network, the same on the embedded endpoint and on Kubo.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type GarbageNetwork, KEPT_SECONDS } from './garbageNetwork.js';
import { orderTestJob } from './orderTestJob.js';

const someBytes = (size: number): Uint8Array => new Uint8Array(randomBytes(size));

export async function losesWhatNothingNames(network: GarbageNetwork): Promise<void> {
  const { coordinator, direct, isPinned, isThere, richAccount, released, collected, until } = network;
  const { port } = await richAccount();
  const orphan = await direct.putBlock(someBytes(1000));
  const scene = await direct.putDirectory([{ path: 'scene.gltf', bytes: someBytes(5000) }]);
  const { jobId } = await orderTestJob({ artist: port, objects: direct, frames: 1, scene });
  await until('the job is read', async () => (await fetch(`${coordinator.url}/v1/jobs/${jobId}`)).status === 200);

  await released();
  assert.ok(await isPinned(orphan), 'found without a name just now');
  await released();
  await until('it is let go of', async () => !(await isPinned(orphan)));
  assert.ok(await isPinned(scene));
  assert.ok(await isThere(orphan), 'its space is freed later');
  await collected();
  await until('its block goes', async () => !(await isThere(orphan)));
  assert.ok(await isThere(scene));

  // Once it is over, and its time as well, nothing of it is kept.
  await port.closeJob({ jobId });
  await sleep(1000 * KEPT_SECONDS + 2_000);
  await released();
  await released();
  await until('its scene is let go of', async () => !(await isPinned(scene)));
  await collected();
  await until('its blocks go', async () => !(await isThere(scene)));
}

export async function keepsWhatIsOrderedInTime(network: GarbageNetwork): Promise<void> {
  const { direct, isPinned, isThere, richAccount, released, collected, until } = network;
  const { port } = await richAccount();
  const scene = await direct.putDirectory([{ path: 'scene.gltf', bytes: someBytes(6000) }]);
  await released();
  await released();
  await until('it is let go of', async () => !(await isPinned(scene)));
  await orderTestJob({ artist: port, objects: direct, frames: 2, scene });
  await sleep(300);
  await collected();
  await until('it is pinned again', () => isPinned(scene));
  assert.ok(await isThere(scene));
}
