// Bundles the page of studio/ into dist/studio/page/: scripts and styles under names that change with their content, an
// index.html that names them, and the licences of everything that is in them.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(fileURLToPath(import.meta.url));

/** Where `browser` in package.json names another file for pages, its source lies beside the one for Node. */
const pageFiles = {
  name: 'page-files',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\/.*\.js$/ }, ({ path, resolveDir }) => {
      const source = join(resolveDir, path.replace(/\.js$/, '.page.ts'));
      return existsSync(source) ? { path: source } : undefined;
    });
  },
};

function bundle(entry, define) {
  return build({
    entryPoints: [join(root, 'studio', entry)],
    bundle: true,
    splitting: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    minify: true,
    // Every licence is in the file that lists them.
    legalComments: 'none',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"', ...define },
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    outdir: join(root, 'dist', 'studio', 'page'),
    absWorkingDir: root,
    tsconfigRaw: {},
    plugins: [pageFiles],
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
}

/** The files of the page, by their paths in dist/. */
export async function bundleStudio() {
  const worker = await bundle('picture/develop.worker.ts', {});
  const workerName = basename(worker.outputFiles.find(({ path }) => /develop\.worker-/.test(path)).path);
  const page = await bundle('main.tsx', { DEVELOP_WORKER: JSON.stringify(workerName) });
  const [template, style, icon] = await Promise.all(
    ['index.html', 'style.css', 'icon.svg'].map((name) => readFile(join(root, 'studio', name), 'utf8')),
  );
  const files = new Map([...worker.outputFiles, ...page.outputFiles].map(({ path, text }) => [basename(path), text]));
  const styleName = hashedName('style', style, 'css');
  const iconName = hashedName('icon', icon, 'svg');
  files.set(styleName, style);
  files.set(iconName, icon);
  const script = [...files.keys()].find((name) => /^main-.*\.js$/.test(name));
  files.set(
    'index.html',
    template
      .replace('SCRIPT', `page/${script}`)
      .replace('STYLE', `page/${styleName}`)
      .replace('ICON', `page/${iconName}`),
  );
  files.set('licences.txt', await licencesOf([worker.metafile, page.metafile]));
  return new Map([...files].map(([name, text]) => [join('studio', 'page', name), text]));
}

function hashedName(name, text, extension) {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 8).toUpperCase();
  return `${name}-${hash}.${extension}`;
}

/** Name, version and licence of every package that a bundle holds something of. */
async function licencesOf(metafiles) {
  const folders = new Set();
  for (const { inputs } of metafiles)
    for (const input of Object.keys(inputs)) {
      const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
      if (folder !== undefined) folders.add(folder);
    }
  const texts = await Promise.all(
    [...folders].sort().map(async (folder) => {
      const { name, version, license } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
      const text = await firstFile(join(root, folder), [
        'LICENSE',
        'LICENSE.md',
        'LICENSE.txt',
        'license',
        'LICENSE-MIT',
      ]);
      return `${name} ${version} (${license})\n\n${text ?? ''}`;
    }),
  );
  return `The page is a part of Rushes (Apache-2.0). It holds these packages:\n\n${texts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

async function firstFile(folder, names) {
  for (const name of names) {
    const text = await readFile(join(folder, name), 'utf8').catch(() => undefined);
    if (text !== undefined) return text.trim();
  }
  return undefined;
}
