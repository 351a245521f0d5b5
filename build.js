// Transpiles every TypeScript file to dist/, bundles the page of studio/, and copies the files that code reads beside itself (kernels, SQL, ABI,
// vectors). Types are not checked here: `npm run check:types` does that. Only files whose content changed are written,
// so that a build beside a running network replaces nothing under it.
import { existsSync, watch } from 'node:fs';
import { readFile, writeFile, mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stop, transform } from 'esbuild';
import { bundleStudio } from './buildStudio.js';

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
const copied = /\.(wgsl|sql|json)$/;

/** Every file below a folder that a build reads, as paths relative to the root. */
async function sourcesBelow(folder) {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && (/\.ts$/.test(entry.name) || copied.test(entry.name)))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

async function writeIfChanged(path, content) {
  const before = await readFile(path, 'utf8').catch(() => undefined);
  if (before === content) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

async function buildOne(source) {
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

/** Builds what changed and removes what has no source any more; returns how many files dist/ has. */
async function buildAll() {
  const sources = (await Promise.all(folders.map(sourcesBelow))).flat();
  const [built, page] = await Promise.all([
    Promise.all(sources.map(buildOne)).then((targets) => new Set(targets.flat())),
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
    if (entry.isFile() && !isBuilt) await rm(join(root, 'dist', path), { force: true });
  }
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
      const count = await buildAll();
      console.log(`built ${count} files in ${Math.round(performance.now() - startedMs)} ms`);
    } catch (error) {
      console.error(error.message);
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv.includes('--watch')) await watchSources();
else await buildAll();
// The compiler's own process must not outlive the build in a command that goes on.
await stop();
