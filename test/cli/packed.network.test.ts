import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { bundleForPage } from '../support/artistBundle.js';
import { openWorkshop } from '../support/runRushes.js';
import { writeTurningSquare } from '../support/turningSquare.js';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

describe('the package that npm pack makes', function () {
  this.timeout(180_000);
  let folder: string;
  let files: string[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rushes-packed-'));
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: ROOT });
    // npm 11 gives a list, later versions an object by package name.
    const packed = Object.values(JSON.parse(stdout) as object) as { filename: string; files: { path: string }[] }[];
    files = packed[0]!.files.map((file) => file.path);
    await run('tar', ['-xzf', join(folder, packed[0]!.filename), '-C', folder]);
    // The dependencies that npm would install beside it.
    await symlink(join(ROOT, 'node_modules'), join(folder, 'package', 'node_modules'));
  });
  after(async () => rm(folder, { recursive: true, force: true }));

  it('holds the command, what it reads, and no tests, benchmarks or sources', () => {
    for (const needed of [
      'bin/rushes.js',
      'dist/cli/main.js',
      'dist/artist/index.js',
      'dist/artist/index.d.ts',
      'dist/renderer/kernels/path.wgsl',
      'LICENSE',
      'README.md',
    ])
      assert.ok(files.includes(needed), needed);
    assert.deepEqual(
      files.filter((path) => /^(test|bench|\.|dist\/(test|bench|scenes)\/)|(?<!\.d)\.ts$|\.map$/.test(path)),
      [],
    );
  });

  it('makes a script for a page, and its types need none of Node', async () => {
    const user = join(folder, 'user');
    await mkdir(join(user, 'node_modules'), { recursive: true });
    await symlink(join(folder, 'package'), join(user, 'node_modules', 'rushes'));
    const program =
      "import { collectFrames, openArtistScene } from 'rushes';\nexport const used = [collectFrames, openArtistScene];\n";
    const { metafile } = await bundleForPage(program, user);
    const inputs = Object.keys(metafile.inputs);
    for (const { end, expected } of [
      { end: 'package/dist/artist/collectFrames.js', expected: true },
      { end: 'package/dist/renderer/image/inflate.page.js', expected: true },
      { end: 'package/dist/renderer/image/inflate.js', expected: false },
    ])
      assert.equal(
        inputs.some((path) => path.endsWith(end)),
        expected,
        end,
      );

    await writeFile(join(user, 'page.ts'), program);
    const checked = ts.createProgram([join(user, 'page.ts')], {
      strict: true,
      noEmit: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.esnext.disposable.d.ts'],
      types: [],
    });
    const problems = ts.getPreEmitDiagnostics(checked);
    assert.deepEqual(
      problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
      [],
    );
    assert.ok(!checked.getSourceFiles().some(({ fileName }) => fileName.includes('@types/node')), "Node's types");
  });

  it('renders what the checkout renders, bit for bit', async () => {
    const workshop = await openWorkshop();
    try {
      const scene = await writeTurningSquare(workshop.folder);
      const args = ['render', scene, '--local', '--size', '32x24', '--samples', '2', '--frames', '0-0'];
      const here = await workshop.run([...args, '--out', workshop.path('here')]);
      assert.equal(here.exitCode, 0, here.stderr);
      const env = { ...process.env, RUSHES_HOME: workshop.home, RUSHES_CACHE: join(tmpdir(), 'rushes-test-cache') };
      const packedCommand = join(folder, 'package', 'bin', 'rushes.js');
      await run(process.execPath, [packedCommand, ...args, '--out', workshop.path('packed')], { env, cwd: folder });
      const frames = ['here', 'packed'].map((out) => readFile(join(workshop.path(out), 'frame-0000.png')));
      const [one, other] = await Promise.all(frames);
      assert.ok(one!.equals(other!));
    } finally {
      await workshop.clear();
    }
  });
});
