import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rushesInterface, tokenInterface } from '../../adapters/chain/abiValues.js';
import { explainError } from '../../cli/errors/explainError.js';
import { CONTRACT_CODES, OWN_CODES } from '../../protocol/errorCodes.js';
import { RushesError } from '../../protocol/errors.js';
import { commandAdviceIn, errorClassesIn, errorSitesIn, readSources, sayingsIn } from './errorSites.js';
import { sampleErrors } from './sampleErrors.js';

/** The repository: compiled tests lie in dist/test/errors/. */
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** Codes in the first column of the page's tables, by the heading above them. */
async function codesOfPage(): Promise<{ codes: string[]; rows: string[][] }> {
  const page = await readFile(join(root, 'docs', 'errors.md'), 'utf8');
  const rows = page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  return { codes: rows.map(([code]) => (code as string).replaceAll('`', '')), rows };
}

describe('errors', () => {
  it('have a page with every code once, in order, what it means and what to do', async () => {
    const { codes, rows } = await codesOfPage();
    assert.deepEqual(codes, [...OWN_CODES, ...CONTRACT_CODES]);
    for (const row of rows)
      assert.ok(row.length === 3 && row.every((cell) => cell.length > 3), `no full row: ${row.join(' | ')}`);
  });

  it('have the names of the contract and its token, and no others', () => {
    const names = [rushesInterface, tokenInterface].flatMap((abi) =>
      Object.values(abi.errors).map((fragment) => fragment.name),
    );
    assert.deepEqual([...CONTRACT_CODES].sort(), [...new Set([...names, 'Unknown'])].sort());
  });

  it('have no code that nothing raises', async () => {
    const { literals } = errorSitesIn(await readSources(root));
    const unused = OWN_CODES.filter((code) => !literals.has(code) && !literals.has(code.toUpperCase()));
    assert.deepEqual(unused, []);
  });

  it('of every class are among the samples', async () => {
    const sampled = new Set(sampleErrors().map((error) => error.name));
    const abstract = new Set(['RushesError']);
    const classes = errorClassesIn(await readSources(root)).filter((name) => !abstract.has(name));
    assert.deepEqual(
      classes.filter((name) => !sampled.has(name)),
      [],
    );
  });

  it('say something, and never undefined', () => {
    for (const error of sampleErrors()) {
      const { message, advice } = explainError(error);
      assert.ok(message.length > 10, `${error.name}: ${message}`);
      assert.doesNotMatch(`${message} ${advice ?? ''}`, /undefined|null|NaN|\[object/, error.name);
    }
  });

  it('name options and commands of the command line only where it raises them', async () => {
    const outside = sayingsIn(await readSources(root)).filter(({ path }) => !path.startsWith('cli/'));
    assert.ok(outside.length > 300, `${outside.length} texts`);
    // --omit is an option of npm.
    const named = outside.filter(({ text }) => /--(?!omit=)[a-z]|`rushes |RUSHES_[A-Z]|same command/.test(text));
    assert.deepEqual(named, []);
  });

  it('say what they said before', async () => {
    const sources = await readSources(root);
    const { sites } = errorSitesIn(sources);
    const advised = commandAdviceIn(sources.get('cli/errors/commandAdvice.ts')!);
    assert.ok(advised.length > 10);
    const rendered = sampleErrors().map((error) => {
      assert.ok(error instanceof RushesError);
      const { code, message, advice, exitCode } = explainError(error);
      return `${error.name} ${code} (exit ${exitCode})\n  ${message}\n  ${advice ?? '-'}\n`;
    });
    const made = sites
      .map(({ error, code, message, advice }) => `${error} ${code ?? '-'}\n  ${message}\n  ${advice ?? '-'}\n`)
      .sort();
    const text = [
      'What every class of error says, made with the facts of test/errors/sampleErrors.ts:\n',
      ...rendered,
      'The texts in the sources, wherever an error is made from one:\n',
      ...new Set(made),
      "What the command advises in the place of an error's own advice (cli/errors/commandAdvice.ts):\n",
      ...advised.map(({ code, advice }) => `${code}\n  ${advice}\n`),
    ].join('\n');
    const path = join(root, 'test', 'errors', 'messages.txt');
    if (process.env.UPDATE_SNAPSHOTS === '1') await writeFile(path, text);
    assert.equal(
      await readFile(path, 'utf8'),
      text,
      'if the new wording is meant: UPDATE_SNAPSHOTS=1 npm run test:one -- test/errors/errors.test.ts',
    );
  });
});
