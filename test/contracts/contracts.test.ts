import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { skip } from '../support/skip.js';

const run = promisify(execFile);
/** The repository: compiled tests lie in dist/test/contracts/. */
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** Path of the forge that npm installed for this platform; undefined where there is none. */
function forgeBinary(): string | undefined {
  const architecture = { x64: 'amd64', arm64: 'arm64' }[process.arch as string] ?? process.arch;
  try {
    const fromForge = createRequire(createRequire(import.meta.url).resolve('@foundry-rs/forge/package.json'));
    return join(
      dirname(fromForge.resolve(`@foundry-rs/forge-${process.platform}-${architecture}/package.json`)),
      'bin',
      'forge',
    );
  } catch {
    return undefined;
  }
}

/** Runs a command in the repository; its output is the message when it fails. */
async function output(file: string, args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  try {
    const { stdout } = await run(file, args, { cwd: root, env: { ...process.env, ...env }, maxBuffer: 64 << 20 });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return assert.fail(`${file} ${args.join(' ')} failed:\n${stdout.slice(-8_000)}\n${stderr.slice(-4_000)}`);
  }
}

describe('contracts', function () {
  // Compiling takes 15 s on an idle core, and these tests share it with whatever else runs.
  this.timeout(540_000);

  it('have artefacts and bindings that equal a fresh compile of the sources', async () => {
    assert.equal(await output(process.execPath, ['contracts/compile.js', '--check']), '');
  });

  it('pass forge: units, fuzz, invariants, vectors, gas snapshot', async function () {
    const forge = forgeBinary();
    if (forge === undefined) skip(this, `no forge for ${process.platform} ${process.arch} is installed`);
    const report = await output(
      forge,
      ['test', '--root', '.', '--gas-snapshot-check=true', '--gas-snapshot-emit=false', '--color', 'never'],
      { FOUNDRY_CONFIG: 'contracts/foundry.toml', FOUNDRY_DISABLE_NIGHTLY_WARNING: '1' },
    );
    const summary = /(\d+) tests passed, (\d+) failed/.exec(report);
    assert.ok(summary !== null && Number(summary[1]) > 50 && summary[2] === '0', report.slice(-4_000));
  });
});
