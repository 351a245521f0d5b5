import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { mountSmallDisk } from '../support/mountSmallDisk.js';
import { openWorkshop, type FinishedCommand, type Workshop } from '../support/runRushes.js';
import { writeTurningSquare } from '../support/turningSquare.js';
import { skip } from '../support/skip.js';

/** One sentence of what happened and one of what to do, on one line of stderr; no stack trace. */
function assertSays({ exitCode, stderr }: FinishedCommand, expected: { exitCode: number; sentence: RegExp }): void {
  const lines = stderr.trimEnd().split('\n');
  assert.equal(lines.length, 1, stderr);
  assert.match(lines[0]!, /^rushes: .+\. .+\.$/);
  assert.match(lines[0]!, expected.sentence);
  assert.equal(exitCode, expected.exitCode, stderr);
}

describe('bad input and trouble', function () {
  this.timeout(120_000);
  let workshop: Workshop;
  let scene: string;

  before(async () => {
    workshop = await openWorkshop();
    scene = await writeTurningSquare(workshop.folder);
  });
  after(() => workshop.clear());

  const cases: { name: string; args: () => string[]; exitCode?: number; sentence: RegExp }[] = [
    {
      name: 'a missing scene',
      args: () => ['render', 'nowhere.glb', '--local'],
      sentence: /there is no scene nowhere\.glb\. Name a/,
    },
    {
      name: 'a folder without a scene',
      args: () => ['render', workshop.path('tmp'), '--local'],
      sentence: /holds no .gltf or .glb file/,
    },
    {
      name: 'an absurd size',
      args: () => ['render', scene, '--local', '--size', '99999x10'],
      sentence: /--size.*from 1 to 16384/,
    },
    {
      name: 'a size that is none',
      args: () => ['render', scene, '--local', '--size', 'large'],
      sentence: /--size.*WIDTHxHEIGHT/,
    },
    {
      name: 'absurd samples',
      args: () => ['render', scene, '--local', '--samples', '99999999'],
      sentence: /--samples.*from 1 to 65536/,
    },
    {
      name: 'a job that nobody could render',
      args: () => ['render', scene, '--local', '--size', '16384x16384', '--samples', '65536', '--frames', '0-99999'],
      sentence: /more than one job may have/,
    },
    {
      name: 'frames that run backwards',
      args: () => ['render', scene, '--local', '--frames', '9-3'],
      sentence: /last frame comes before the first/,
    },
    {
      name: 'a camera that the scene lacks',
      args: () => ['render', scene, '--local', '--camera', 'Hero'],
      sentence: /no camera "Hero"/,
    },
    {
      name: 'a clip that the scene lacks',
      args: () => ['render', scene, '--local', '--clip', 'Walk'],
      sentence: /no clip "Walk".*"Turn"/,
    },
    {
      name: 'two cameras at once',
      args: () => ['render', scene, '--local', '--camera', 'A', '--orbit', '1,2,3'],
      sentence: /--orbit.*cannot be used with.*--camera/,
    },
    {
      name: 'an orbit below the pole',
      args: () => ['render', scene, '--local', '--orbit', '0,200,3'],
      sentence: /PHI must be from 0/,
    },
    {
      name: 'a colour that is none',
      args: () => ['render', scene, '--local', '--background', 'blue'],
      sentence: /env, transparent or a colour/,
    },
    {
      name: 'a tone map that is none',
      args: () => ['render', scene, '--local', '--tone', 'film'],
      sentence: /aces, agx, neutral, linear/,
    },
    {
      name: 'a missing environment',
      args: () => ['render', scene, '--local', '--env', 'none.hdr'],
      sentence: /cannot read the environment none\.hdr/,
    },
    {
      name: 'an environment that is none',
      args: () => ['render', scene, '--local', '--env', scene],
      sentence: /neither a Radiance .hdr nor an OpenEXR/,
    },
    {
      name: 'a background of no environment',
      args: () => ['render', scene, '--local', '--background', 'env'],
      sentence: /background is to be the environment, and there is none/,
    },
    {
      name: 'a job without anybody to agree to its price',
      args: () => ['render', scene],
      sentence: /nobody is there to be asked whether to pay for the job.*--yes/,
    },
    { name: 'a cheat that is none', args: () => ['render', scene, '--cheat', 'sleep'], sentence: /no cheat "sleep"/ },
    {
      name: '--local with a network',
      args: () => ['render', scene, '--local', '--network', 'http://127.0.0.1:9'],
      sentence: /--local uses no network/,
    },
    {
      name: '--workers with a named network',
      args: () => ['render', scene, '--network', 'http://127.0.0.1:9', '--workers', '2'],
      sentence: /the one that --network or RUSHES_URL names, so --workers has no effect\. Leave --workers out/,
    },
    {
      name: '--budget with --local',
      args: () => ['render', scene, '--local', '--budget', '5'],
      sentence: /--local uses no network, so --budget has no effect/,
    },
    {
      name: '--fps of one still picture',
      args: () => ['render', scene, '--local', '--clip', 'none', '--frames', '0', '--fps', '5'],
      sentence: /so --fps has no effect/,
    },
    {
      name: '--threads of no workers',
      args: () => ['up', '--workers', '0', '--threads', '2'],
      sentence: /there are no workers, so --threads has no effect/,
    },
    {
      name: '--data beside a named network',
      args: () => ['status', '--network', 'http://127.0.0.1:9', '--data', 'x'],
      sentence: /so --data has no effect/,
    },
    {
      name: 'a file where the results should go',
      args: () => ['render', scene, '--local', '--out', scene],
      sentence: /is a file, and a folder is needed there/,
    },
    {
      name: 'a check with an environment that is none',
      args: () => ['check', scene, '--env', scene],
      sentence: /neither a Radiance .hdr nor an OpenEXR/,
    },
    { name: 'a command that is none', args: () => ['rendr', scene], sentence: /unknown command 'rendr'.*render/ },
    {
      name: 'an option that is none',
      args: () => ['render', scene, '--sample', '4'],
      sentence: /unknown option '--sample'.*--samples/,
    },
    { name: 'no scene at all', args: () => ['render'], sentence: /missing required argument 'scene'/ },
    { name: 'a worker without a network', args: () => ['worker'], sentence: /--network/ },
    {
      name: 'a network file that is missing',
      args: () => ['worker', '--network', 'none.json'],
      sentence: /cannot read the network file none\.json/,
    },
    {
      name: 'a coordinator without a database',
      args: () => ['coordinator', '--network', 'none.json'],
      sentence: /needs a PostgreSQL/,
    },
    {
      name: 'a network that does not answer',
      args: () => ['status', '--network', 'http://127.0.0.1:9'],
      exitCode: 1,
      sentence: /no coordinator answers at/,
    },
    { name: 'no network on this machine', args: () => ['status'], exitCode: 1, sentence: /no network runs in/ },
    {
      name: 'a folder that cannot be made',
      args: () => ['render', scene, '--local', '--out', '/proc/pictures'],
      exitCode: 1,
      sentence: /\/proc\/pictures/,
    },
  ];
  for (const { name, args, exitCode = 2, sentence } of cases) {
    it(name, async () => assertSays(await workshop.run(args()), { exitCode, sentence }));
  }

  it('leaves no folder behind that it made and that is empty', async () => {
    const failing = [
      ['render', 'nowhere.glb', '--local', '--out', workshop.path('none/of/this')],
      ['render', scene, '--local', '--camera', 'Hero', '--out', workshop.path('none/of/this')],
    ];
    for (const args of failing) {
      assert.equal((await workshop.run(args)).exitCode, 2);
      assert.equal(existsSync(workshop.path('none')), false, args.join(' '));
    }
  });

  it('a corrupt scene', async () => {
    const cut = workshop.path('cut.glb');
    await writeFile(
      cut,
      (await readFile(new URL('../../../scenes/showpiece/showpiece.glb', import.meta.url))).subarray(0, 4000),
    );
    assertSays(await workshop.run(['render', cut, '--local']), { exitCode: 2, sentence: /cut\.glb.*cut short/ });
  });

  it('a missing texture and an unsupported feature are named and stop the job before a network is even there; accepted, it is rendered', async () => {
    const folder = workshop.path('problems');
    await mkdir(folder);
    const problematic = await writeTurningSquare(folder, (document) => {
      document['images'] = [{ uri: 'wood.png' }];
      document['textures'] = [{ source: 0 }];
      document.materials[1]!['pbrMetallicRoughness'] = { baseColorTexture: { index: 0 }, metallicFactor: 0 };
      document.materials[0]!['extensions'] = { KHR_materials_clearcoat: { clearcoatFactor: 1 } };
    });
    const refused = await workshop.run([
      'render',
      '--yes',
      problematic,
      '--size',
      '16x16',
      '--samples',
      '1',
      '--frames',
      '0',
      '--out',
      workshop.path('refused'),
    ]);
    assertSays(refused, {
      exitCode: 2,
      sentence: /1 missing \(wood\.png\), 1 not drawn yet \(KHR_materials_clearcoat\); nothing was rendered or paid/,
    });
    assert.match(refused.stdout, /missing +major +wood\.png/);
    assert.match(refused.stdout, /unsupported +minor +KHR_materials_clearcoat +\(material "Metal"\)/);
    assert.deepEqual(await workshop.leftBehind(), []);
    const checked = await workshop.run(['check', problematic, '--json']);
    assert.equal(checked.exitCode, 2);
    const graded = JSON.parse(checked.stdout) as {
      severity: string;
      missing: { name: string; severity: string }[];
      unsupported: { severity: string }[];
    };
    assert.deepEqual(
      graded.missing.map((problem) => problem.name),
      ['wood.png'],
    );
    assert.deepEqual(
      [graded.severity, graded.missing[0]!.severity, graded.unsupported[0]!.severity],
      ['major', 'major', 'minor'],
    );
    const accepted = await workshop.run([
      'render',
      problematic,
      '--local',
      '--accept-unsupported',
      '--size',
      '16x16',
      '--samples',
      '1',
      '--frames',
      '0',
      '--out',
      workshop.path('accepted'),
    ]);
    assert.equal(accepted.exitCode, 0, accepted.stderr);
  });

  it('a port in use', async () => {
    const server: Server = createServer();
    const port = await new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
    );
    assertSays(await workshop.run(['up', '--port', String(port)]), {
      exitCode: 1,
      sentence: new RegExp(`port ${port} of 127.0.0.1 is in use`),
    });
    server.close();
    assert.equal(existsSync(join(workshop.home, 'local')), false);
  });

  it('a key that others can read', async () => {
    const key = workshop.path('open.key');
    await writeFile(key, `${'0x'.padEnd(66, '1')}\n`, { mode: 0o644 });
    const network = workshop.path('network.json');
    const address = `0x${'1'.repeat(40)}`;
    await writeFile(
      network,
      JSON.stringify({
        protocolVersion: 1,
        name: 'x',
        chainId: 1,
        rpcUrl: 'http://127.0.0.1:9',
        contract: address,
        token: address,
        policy: address,
        deploymentBlock: 0,
        ipfsApiUrl: 'http://127.0.0.1:9',
        testMoney: true,
      }),
    );
    assertSays(await workshop.run(['worker', '--network', network, '--key', key]), {
      exitCode: 2,
      sentence: /can be read by others/,
    });
  });

  it('Ctrl-C while this machine renders alone', async () => {
    const running = workshop.start([
      'render',
      scene,
      '--local',
      '--samples',
      '20000',
      '--frames',
      '0',
      '--out',
      workshop.path('stopped'),
    ]);
    await running.said(/1 frame of/);
    running.kill('SIGINT');
    const { exitCode, stderr } = await running.ended;
    assert.equal(exitCode, 130);
    assert.equal(stderr, 'rushes: interrupted (SIGINT).\n');
    assert.deepEqual(await workshop.leftBehind(), []);
  });

  it('a full disk: for the pictures, and for a network', async function () {
    const disk = await mountSmallDisk(1);
    if (disk === undefined) skip(this, 'a full disk needs root and the right to mount a tmpfs');
    try {
      const filler = `${disk.folder}/filler`;
      await writeFile(filler, new Uint8Array(1_040_000));
      const pictures = await workshop.run([
        'render',
        scene,
        '--local',
        '--size',
        '128x128',
        '--samples',
        '1',
        '--frames',
        '0-1',
        '--out',
        disk.folder,
      ]);
      assertSays(pictures, { exitCode: 1, sentence: /disk|space/ });
      await rm(filler);
      const network = await workshop.run(['up', '--data', `${disk.folder}/network`]);
      assert.equal(network.exitCode, 1, network.stderr);
      assertSays(network, { exitCode: 1, sentence: /disk|space/ });
      assert.deepEqual(await workshop.leftBehind(), []);
    } finally {
      await disk.close();
    }
  });

  it('under --json, trouble is one JSON object on stdout', async () => {
    const { exitCode, stdout } = await workshop.run(['render', 'nowhere.glb', '--local', '--json']);
    assert.equal(exitCode, 2);
    const { error, exitCode: stated } = JSON.parse(stdout) as {
      error: { code: string; message: string; advice: string };
      exitCode: number;
    };
    assert.equal(stated, 2);
    assert.equal(error.code, 'no-scene');
    assert.match(error.advice, /\.glb/);
  });
});
