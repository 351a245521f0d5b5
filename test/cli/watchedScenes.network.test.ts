import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { residentBytes } from '../../renderer/residentBytes.js';
import { prepareProcesses } from '../support/prepareProcesses.js';
import { openWorkshop, type RunningCommand, type Workshop } from '../support/runRushes.js';

// Commands load their scene in a process of its own, which is stopped here in the middle of its work: a load that never
// ends. Whoever would wait for it runs into the deadline.

const ENDS_WITHIN_MS = 30_000;

describe('a command whose scene is heavy', function () {
  this.timeout(180_000);
  let workshop: Workshop;
  let scene: string;

  before(async () => {
    workshop = await openWorkshop();
    scene = workshop.path('heavy.gltf');
    await writeFile(scene, JSON.stringify(manyNodes(200_000)));
  });
  after(() => workshop.clear());

  const commands: Record<string, string[]> = {
    check: ['check', '--scene-memory', '4GiB'],
    'render --local': ['render', '--local', '--scene-memory', '4GiB'],
    render: ['render', '--yes', '--scene-memory', '4GiB', '--workers', '1', '--verifiers', '2'],
  };

  /** Starts a command and stops the process that loads its scene, as soon as there is one. */
  async function startAndStop(name: string): Promise<{ command: RunningCommand; child: number }> {
    const [verb, ...flags] = commands[name]!;
    const out = verb === 'render' ? ['--out', workshop.path('out')] : [];
    const command = workshop.start([verb!, scene, ...flags, ...out]);
    for (let tries = 0; ; tries++) {
      const [child] = await prepareProcesses(command.pid);
      if (child !== undefined) {
        process.kill(child, 'SIGSTOP');
        return { command, child };
      }
      assert.ok(tries < 3000, `${name} loads its scene in no process of its own`);
      await sleep(20);
    }
  }

  async function endOf({ ended }: RunningCommand): Promise<number | null> {
    const end = await Promise.race([ended, sleep(ENDS_WITHIN_MS, undefined, { ref: false })]);
    assert.ok(end !== undefined, `it still runs ${ENDS_WITHIN_MS} ms later`);
    return end.exitCode;
  }

  async function assertGone(pid: number): Promise<void> {
    for (let tries = 0; (await residentBytes(pid)) !== undefined; tries++) {
      assert.ok(tries < 1500, `process ${pid} is still there`);
      await sleep(20);
    }
  }

  for (const name of Object.keys(commands))
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      it(`ends with ${signal}, and leaves neither process nor folder: ${name}`, async () => {
        const { command, child } = await startAndStop(name);
        command.kill(signal);
        assert.equal(await endOf(command), 130);
        await assertGone(child);
        assert.deepEqual(await workshop.leftBehind(), []);
        assert.deepEqual(await readdir(workshop.path('tmp')), []);
        assert.ok(!(await readdir(workshop.folder)).includes('out'));
      });

  it('gives the process neither a key nor the environment', async () => {
    const { command, child } = await startAndStop('check');
    assert.equal(await readFile(`/proc/${child}/environ`, 'utf8'), '');
    const line = (await readFile(`/proc/${child}/cmdline`, 'utf8')).split('\0');
    assert.ok(line.some((argument) => /^--(experimental-)?permission$/.test(argument)));
    assert.ok(!line.join(' ').includes(workshop.folder));
    command.kill('SIGINT');
    await endOf(command);
  });

  it('leaves no process behind when it is killed with kill -9', async () => {
    for (const name of ['check', 'render --local']) {
      const { command, child } = await startAndStop(name);
      command.kill('SIGKILL');
      await command.ended;
      process.kill(child, 'SIGCONT');
      await assertGone(child);
      assert.deepEqual(await workshop.leftBehind(), []);
    }
  });

  it('says so, with exit code 1, when the process is killed', async () => {
    const { command, child } = await startAndStop('check');
    process.kill(child, 'SIGKILL');
    const { exitCode, stderr } = await command.ended;
    assert.equal(exitCode, 1);
    assert.match(
      stderr,
      /the process that prepares heavy\.gltf died: killed by SIGKILL\. The scene may need more memory/,
    );
  });

  it('is refused with exit code 2 when the scene would take more memory than it may', async () => {
    const { exitCode, stderr } = await workshop.run(['check', scene, '--scene-memory', '100MiB']);
    assert.equal(exitCode, 2);
    assert.match(
      stderr,
      /heavy\.gltf.*a scene may take 100 MiB\. Make it smaller, or allow more memory with --scene-memory/,
    );
  });
});

/** A scene of that many nodes, each with a triangle. */
function manyNodes(count: number): unknown {
  const triangle = Buffer.from(Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0).buffer);
  const nodes = Array.from({ length: count }, (_, i) => ({
    name: `node ${i}`,
    translation: [i % 100, 0, Math.floor(i / 100)],
    mesh: 0,
  }));
  return {
    asset: { version: '2.0' },
    scenes: [{ nodes: nodes.map((_, i) => i) }],
    nodes,
    meshes: [{ primitives: [{ attributes: { POSITION: 0 } }] }],
    accessors: [{ bufferView: 0, componentType: 5126, count: 3, type: 'VEC3', min: [0, 0, 0], max: [1, 1, 0] }],
    bufferViews: [{ buffer: 0, byteLength: 36 }],
    buffers: [{ byteLength: 36, uri: `data:application/octet-stream;base64,${triangle.toString('base64')}` }],
  };
}
