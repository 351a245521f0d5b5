// Transpiles every TypeScript file to dist/, bundles the page of studio/, and copies the files that code reads beside
// itself (kernels, SQL, ABI, vectors). Types are not checked here: `npm run check:types` does that. Only files whose
// content changed are written, so that a build beside a running network replaces nothing under it. Where no source was
// touched since the last build nothing is done at all: every command in a checkout builds first.
import { createHash } from 'node:crypto';
import { existsSync, watch } from 'node:fs';
import { readFile, rename, writeFile, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const folders = [
  'protocol',
  'renderer',
  'adapters',
  'artist',
  'party',
  'coordinator',
  'faucet',
  'worker',
  'verifier',
  'cli',
  'studio',
  'scenes',
  'test',
  'bench',
];
const transpiled = /\.ts$/;
const copied = /\.(wgsl|sql|json)$/;

/** Every file below a folder, as paths relative to the root. */
async function filesBelow(folder) {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

async function writeIfChanged(path, content) {
  const before = await readFile(path, 'utf8').catch(() => undefined);
  if (before === content) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

/** What the sources were at the last build that ended: see `fingerprintOf`. */
const fingerprintFile = join(root, 'dist', '.sources');

/** Names, sizes and times of everything that a build depends on: equal where nothing was touched. */
async function fingerprintOf(files) {
  const hash = createHash('sha256').update(process.version);
  const paths = [...files, 'build.js', 'buildStudio.js', 'package-lock.json'].sort();
  const states = await Promise.all(paths.map((path) => stat(join(root, path))));
  for (const [i, { size, mtimeMs }] of states.entries()) hash.update(`\n${paths[i]} ${size} ${mtimeMs}`);
  return hash.digest('hex');
}

async function buildOne(source, transform) {
  const text = await readFile(join(root, source), 'utf8');
  if (!source.endsWith('.ts')) {
    await writeIfChanged(join(root, 'dist', source), text);
    return [source];
  }
  if (source.endsWith('.d.ts')) return [];
  const target = source.replace(/\.ts$/, '.js');
  const { code, map } = await transform(text, {
    loader: 'ts',
    format: 'esm',
    target: 'node20',
    sourcemap: 'external',
    sourcefile: relative(dirname(join('dist', source)), source),
  });
  await writeIfChanged(join(root, 'dist', target), `${code}//# sourceMappingURL=${target.split('/').pop()}.map\n`);
  await writeIfChanged(join(root, 'dist', `${target}.map`), map);
  return [target, `${target}.map`];
}

/** Builds unless nothing was touched since the last build. */
async function buildWhatChanged() {
  const files = (await Promise.all(folders.map(filesBelow))).flat();
  // Before they are read: what is touched meanwhile is built by the next one.
  const fingerprint = await fingerprintOf(files);
  if ((await readFile(fingerprintFile, 'utf8').catch(() => undefined)) === fingerprint) return undefined;
  const count = await build(files.filter((file) => transpiled.test(file) || copied.test(file)));
  const written = `${fingerprintFile}.${process.pid}`;
  await writeFile(written, fingerprint);
  await rename(written, fingerprintFile);
  return count;
}

/** Builds what changed and removes what has no source any more; returns how many files dist/ has. */
async function build(sources) {
  const [{ stop, transform }, { bundleStudio }] = await Promise.all([import('esbuild'), import('./buildStudio.js')]);
  const [built, page] = await Promise.all([
    Promise.all(sources.map((source) => buildOne(source, transform))).then((targets) => new Set(targets.flat())),
    bundleStudio(),
  ]);
  for (const [target, text] of page) {
    await writeIfChanged(join(root, 'dist', target), text);
    built.add(target);
  }
  const present = await readdir(join(root, 'dist'), { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of present) {
    const path = relative(join(root, 'dist'), join(entry.parentPath, entry.name));
    // Declarations are written by `npm run build:types`, beside what they declare.
    const isBuilt = built.has(path) || built.has(path.replace(/\.d\.ts$/, '.js'));
    if (entry.isFile() && !isBuilt && !path.startsWith('.sources')) await rm(join(root, 'dist', path), { force: true });
  }
  // The compiler's own process must not outlive the build in a command that goes on.
  await stop();
  return built.size;
}

/** Builds again whenever a source changes, until the process is ended. A source that does not parse is told of. */
async function watchSources() {
  let isDue = true;
  let wake = () => undefined;
  for (const folder of folders) {
    if (!existsSync(join(root, folder))) continue;
    watch(join(root, folder), { recursive: true }, () => {
      isDue = true;
      wake();
    });
  }
  for (;;) {
    if (!isDue) await new Promise((resolve) => (wake = resolve));
    // Editors write in several steps: what comes within this time is one change.
    await sleep(50);
    isDue = false;
    const startedMs = performance.now();
    try {
      const count = await buildWhatChanged();
      if (count !== undefined) console.log(`built ${count} files in ${Math.round(performance.now() - startedMs)} ms`);
    } catch (error) {
      console.error(error.message);
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv.includes('--watch')) await watchSources();
else await buildWhatChanged();
