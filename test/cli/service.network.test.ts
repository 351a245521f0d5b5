import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describeUnit } from '../../cli/service/describeUnit.js';
import { openWorkshop, type Workshop } from '../support/runRushes.js';
import { skip } from '../support/skip.js';

const run = promisify(execFile);

describe('rushes service', function () {
  this.timeout(60_000);
  let workshop: Workshop;
  before(async () => {
    workshop = await openWorkshop();
  });
  after(() => workshop?.clear());

  it('install writes a unit that joins, once, and remove takes it away', async () => {
    const env = { XDG_CONFIG_HOME: workshop.path('config') };
    const install = ['service', 'install', 'http://192.0.2.7:8800', '--as', 'verifier', '--threads', '3'];
    const { exitCode, stdout, stderr } = await workshop.run(install, env);
    assert.equal(exitCode, 0, stderr);
    const path = workshop.path('config/systemd/user/rushes-verifier.service');
    assert.match(stdout, /systemctl --user enable --now rushes-verifier\.service/);
    const unit = await readFile(path, 'utf8');
    assert.match(
      unit,
      /^ExecStart=\S+ \S+bin\/rushes\.js join http:\/\/192\.0\.2\.7:8800 --as verifier --yes --threads 3$/m,
    );
    assert.equal((await workshop.run(install, env)).exitCode, 2);
    assert.equal((await workshop.run(['service', 'remove', '--as', 'verifier'], env)).exitCode, 0);
    const again = await workshop.run(['service', 'remove', '--as', 'verifier'], env);
    assert.equal(again.exitCode, 2);
    assert.match(again.stderr, /^rushes: there is no service of a verifier: /);
  });

  it('is a unit that systemd accepts, whatever is in paths and addresses', async function () {
    const path = workshop.path('rushes-worker.service');
    await writeFile(
      path,
      describeUnit({
        node: process.execPath,
        program: '/opt/a "b" $c 50%/rushes.js',
        home: '/home/some body/.rushes',
        url: 'http://192.0.2.7:8800/a%20b',
        role: 'worker',
        threads: undefined,
        passphraseFile: '/home/some body/pass "phrase"',
      }),
    );
    const verified = await run('systemd-analyze', ['verify', '--user', path], {
      env: { ...process.env, XDG_RUNTIME_DIR: workshop.folder },
    }).catch((error: NodeJS.ErrnoException & { stderr?: string }) => error);
    if (verified instanceof Error && verified.code === 'ENOENT') skip(this, 'there is no systemd-analyze');
    const said = verified.stderr ?? '';
    if (/Failed to (?:initialize manager|connect|create)/.test(said))
      skip(this, 'systemd-analyze works for no user here');
    assert.equal(said.includes('rushes-worker.service'), false, said);
  });
});
