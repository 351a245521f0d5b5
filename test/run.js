// Builds and runs tests: parts by name, or files by their source path; what follows the first option goes to mocha.
//   node test/run.js unit contracts          node test/run.js test/protocol/ledger.test.ts --grep 'pays'
// unit: no process beside this one. contracts: the Solidity compiler and forge. network: real PostgreSQL, EVM node,
// IPFS endpoint and daemons. long: more than a run on every commit can afford.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Which part a test file belongs to, by its name. */
function partOf(file) {
  if (/\.long\.test\.js$/.test(file)) return 'long';
  if (/\.network\.test\.js$/.test(file)) return 'network';
  return file.startsWith(join('dist', 'test', 'contracts')) ? 'contracts' : 'unit';
}
const PARTS = ['unit', 'contracts', 'network', 'long'];

/** The compiled file of a source path, given from the root or from where the command was called. */
function compiledFile(argument) {
  const from = process.env.INIT_CWD ?? process.cwd();
  const source = [resolve(root, argument), resolve(from, argument)].find((path) => existsSync(path));
  if (source === undefined) return fail(`${argument} does not exist; name a file below test/, or ${PARTS.join(', ')}`);
  const path = relative(root, source);
  if (!/^test\/.*\.test\.ts$/.test(path)) return fail(`${path} is no test: tests are test/**/*.test.ts`);
  return join('dist', path.replace(/\.ts$/, '.js'));
}

function fail(message) {
  console.error(message);
  process.exit(2);
}

const args = process.argv.slice(2);
const firstOption = args.findIndex((argument) => argument.startsWith('-'));
const names = firstOption < 0 ? args : args.slice(0, firstOption);
const mochaOptions = firstOption < 0 ? [] : args.slice(firstOption);
if (names.length === 0) fail(`name a test file or a part: ${PARTS.join(', ')}`);

process.chdir(root);
await import('../build.js');
const all = (await readdir('dist/test', { recursive: true }))
  .filter((path) => path.endsWith('.test.js'))
  .map((path) => join('dist', 'test', path))
  // From the end of the alphabet: the files that take longest are those of worker, verifier and farm.
  .sort()
  .reverse();
const files = names.flatMap((name) =>
  PARTS.includes(name) ? all.filter((file) => partOf(file) === name) : [compiledFile(name)],
);
// Networks under test wait for blocks half of the time: three files at once keep two cores busy. A person who names files
// wants to see them one after the other, and `--parallel` runs no debugger.
const atOnce = Math.max(3, Math.floor(availableParallelism() / 2));
const parallel = names.every((name) => PARTS.includes(name)) ? ['--parallel', '--jobs', String(atOnce)] : [];
const mocha = spawn(process.execPath, ['node_modules/mocha/bin/mocha.js', ...parallel, ...mochaOptions, ...files], {
  stdio: 'inherit',
  env: { ...process.env, ...(names.includes('long') ? { RUSHES_TEST_LONG: '1' } : {}) },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => mocha.kill(signal));
mocha.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 130)));
