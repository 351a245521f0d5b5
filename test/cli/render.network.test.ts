import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { openWorkshop, type Workshop } from '../support/runRushes.js';
import { writeTurningSquare } from '../support/turningSquare.js';

describe('rushes, the command', function () {
  this.timeout(120_000);
  let workshop: Workshop;
  let scene: string;
  before(async () => {
    workshop = await openWorkshop();
    scene = await writeTurningSquare(workshop.folder);
  });
  after(() => workshop.clear());

  const small = (): string[] => [
    'render',
    scene,
    '--local',
    '--size',
    '32x24',
    '--samples',
    '2',
    '--out',
    workshop.path('out'),
    '--json',
  ];
  const manifestOf = async (args: string[]): Promise<Record<string, unknown>> => {
    const { exitCode, stdout, stderr } = await workshop.run([...small(), ...args]);
    assert.equal(exitCode, 0, stderr);
    return (JSON.parse(stdout) as { manifest: Record<string, unknown> }).manifest;
  };

  it('has defaults that need no thought: framing, first clip, its length, black behind a scene with lamps', async () => {
    const manifest = await manifestOf(['--fps', '3']);
    assert.deepEqual(manifest['clip'], 'Turn');
    assert.deepEqual(manifest['frames'], { first: 0, last: 2, fps: 3 });
    assert.equal((manifest['camera'] as { kind: string }).kind, 'orbit');
    assert.equal(manifest['background'], '#000000');
    assert.equal(manifest['environment'], null);
    assert.equal(manifest['batches'], 2);
  });

  it('lights a scene that has no light with the built-in studio', async () => {
    await mkdir(workshop.path('dark'));
    const dark = await writeTurningSquare(workshop.path('dark'), (document) => {
      delete (document as { extensions?: unknown }).extensions;
      delete (document as { extensionsUsed?: unknown }).extensionsUsed;
      (document as unknown as { scenes: { nodes: number[] }[] }).scenes[0]!.nodes = [0, 1];
      delete (document as unknown as { nodes: { extensions?: unknown }[] }).nodes[2]!.extensions;
    });
    const { stdout, exitCode, stderr } = await workshop.run([
      'render',
      dark,
      '--local',
      '--size',
      '16x16',
      '--samples',
      '1',
      '--frames',
      '0',
      '--out',
      workshop.path('dark/out'),
      '--json',
    ]);
    assert.equal(exitCode, 0, stderr);
    const { manifest } = JSON.parse(stdout) as { manifest: { environment: { path: string }; background: string } };
    assert.equal(manifest.environment.path, 'rushes-studio.hdr');
    assert.equal(manifest.background, 'environment');
    assert.match(stderr, /lit by the built-in studio/);
  });

  it('takes an orbit camera, a lens and a still scene as asked', async () => {
    const manifest = await manifestOf([
      '--orbit=-30,60,5',
      '--target',
      '0,0.5,0',
      '--fov',
      '30',
      '--frames',
      '4',
      '--clip',
      'none',
      '--background',
      'transparent',
      '--seed',
      '7',
    ]);
    assert.deepEqual(manifest['camera'], {
      kind: 'orbit',
      thetaDegrees: -30,
      phiDegrees: 60,
      radius: 5,
      target: [0, 0.5, 0],
      fovDegrees: 30,
    });
    assert.deepEqual(manifest['frames'], { first: 4, last: 4, fps: 24 });
    assert.equal(manifest['clip'], null);
    assert.equal(manifest['background'], 'transparent');
    assert.equal(manifest['seed'], 7);
  });

  it('prints exactly one JSON object on stdout and everything else on stderr', async () => {
    const { stdout, stderr } = await workshop.run([...small(), '--frames', '0']);
    const report = JSON.parse(stdout) as Record<string, unknown>;
    for (const field of [
      'jobId',
      'manifestCid',
      'frames',
      'chunks',
      'workers',
      'verifiers',
      'gas',
      'timings',
      'engine',
      'certificate',
    ])
      assert.ok(field in report, field);
    assert.match(stderr, /1 frame of "Turn"/);
  });

  it('says plain lines without escape sequences where the output is no terminal', async () => {
    const { stdout, stderr } = await workshop.run(small().filter((flag) => flag !== '--json'));
    assert.doesNotMatch(stdout + stderr, /\x1b/);
  });

  it('--help has examples, --version the version of the package', async () => {
    for (const args of [
      ['--help'],
      ['render', '--help'],
      ['up', '--help'],
      ['check', '--help'],
      ['status', '--help'],
      ['cancel', '--help'],
      ['worker', '--help'],
    ]) {
      const { exitCode, stdout, stderr } = await workshop.run(args);
      assert.equal(exitCode, 0);
      assert.equal(stderr, '');
      assert.match(stdout, /Examples:\n {2}rushes /, args.join(' '));
    }
    const { version } = JSON.parse(await readFile(new URL('../../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    assert.equal((await workshop.run(['--version'])).stdout, `${version}\n`);
  });

  it('doctor says what works and writes nothing', async () => {
    const { exitCode, stdout, stderr } = await workshop.run(['doctor', '--json']);
    assert.equal(exitCode, 0, stderr);
    const { works, findings } = JSON.parse(stdout) as { works: boolean; findings: { what: string; state: string }[] };
    assert.equal(works, true);
    for (const what of ['Node', 'memory', 'PostgreSQL', 'EVM node (anvil)', 'ports on 127.0.0.1', 'user'])
      assert.ok(
        findings.some((finding) => finding.what === what),
        what,
      );
    await assert.rejects(readFile(workshop.home), { code: 'ENOENT' });
  });
});
