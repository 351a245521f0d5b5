// TLS by a proxy in front, with the configurations that docs/operator.md gives: ports, names and paths are replaced, and
// nothing else.
import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../../cli/supervisor/freePort.js';
import type { NetworkDescription } from '../../protocol/network.js';
import { openWorkshop, type RunningCommand, type Workshop } from '../support/runRushes.js';
import { skip } from '../support/skip.js';
import { writeTurningSquare } from '../support/turningSquare.js';

const run = promisify(execFile);
const LARGE_BYTES = 200e6;
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** A block of docs/operator.md in a language, for other ports and paths. */
async function configOf(language: string, replaced: Record<string, string>): Promise<string> {
  const docs = await readFile(join(ROOT, 'docs', 'operator.md'), 'utf8');
  let text = new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(docs)?.[1] ?? '';
  assert.notEqual(text, '', `docs/operator.md has a block of ${language}`);
  for (const [from, to] of Object.entries(replaced)) {
    assert.ok(text.includes(from), `${language}: ${from}`);
    text = text.replaceAll(from, to);
  }
  return text;
}

/** A CA of one's own, and a certificate of it for localhost. */
async function makeCertificates(folder: string): Promise<{ ca: string; certificate: string; key: string }> {
  const path = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): Promise<unknown> => run('openssl', args, { cwd: folder });
  const newKey = ['-newkey', 'rsa:2048', '-nodes'];
  await openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Test CA');
  await openssl('req', ...newKey, '-keyout', 'site.key', '-out', 'site.csr', '-subj', '/CN=localhost');
  await writeFile(path('site.ext'), 'subjectAltName=DNS:localhost\n');
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'site.ext', '-days', '2'];
  await openssl('x509', '-req', '-in', 'site.csr', '-out', 'site.pem', ...signed);
  return { ca: path('ca.pem'), certificate: path('site.pem'), key: path('site.key') };
}

interface Proxy {
  name: string;
  language: string;
  /** Writes its configuration and gives the command that runs it in the foreground. */
  prepare(of: Ports): Promise<string[]>;
}

interface Ports {
  folder: string;
  port: number;
  coordinatorPort: number;
  certificate: string;
  key: string;
}

const PROXIES: Proxy[] = [
  {
    name: 'nginx',
    language: 'nginx',
    async prepare({ folder, port, coordinatorPort, certificate, key }) {
      const site = await configOf('nginx', {
        '/etc/ssl/rushes/render.example.org.pem': certificate,
        '/etc/ssl/rushes/render.example.org.key': key,
        'listen 443': `listen 127.0.0.1:${port}`,
        'render.example.org': 'localhost',
        '127.0.0.1:8800': `127.0.0.1:${coordinatorPort}`,
      });
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
        .map((kind) => `${kind}_temp_path ${folder}/${kind};`)
        .join('\n');
      const main = join(folder, 'nginx.conf');
      await writeFile(
        main,
        `daemon off;\npid ${folder}/pid;\nerror_log ${folder}/error.log;\nevents {}\nhttp {\naccess_log off;\n${temporary}\n${site}}\n`,
      );
      return ['nginx', '-e', join(folder, 'error.log'), '-p', folder, '-c', main];
    },
  },
  {
    name: 'Caddy',
    language: 'caddy',
    async prepare({ folder, port, coordinatorPort, certificate, key }) {
      const site = await configOf('caddy', {
        '/etc/ssl/rushes/render.example.org.pem': certificate,
        '/etc/ssl/rushes/render.example.org.key': key,
        'render.example.org {': `https://localhost:${port} {\n    bind 127.0.0.1`,
        '127.0.0.1:8800': `127.0.0.1:${coordinatorPort}`,
      });
      const main = join(folder, 'Caddyfile');
      await writeFile(main, `{\n    admin off\n    auto_https disable_redirects\n}\n${site}`);
      return ['caddy', 'run', '--config', main, '--adapter', 'caddyfile'];
    },
  },
];

describe('a network behind a proxy that speaks TLS', function () {
  this.timeout(540_000);
  let workshop: Workshop;
  let proxy: ChildProcess | undefined;
  before(async () => {
    workshop = await openWorkshop();
  });
  afterEach(async () => {
    if (proxy === undefined || proxy.exitCode !== null) return;
    proxy.kill('SIGTERM');
    await once(proxy, 'exit');
  });
  after(() => workshop.clear());

  for (const { name, prepare } of PROXIES)
    it(`is joined and renders over ${name}, as docs/operator.md configures it`, async function () {
      const program = name.toLowerCase();
      for (const needed of [program, 'openssl'])
        await run('sh', ['-c', `command -v ${needed}`]).catch(() => skip(this, `${needed} is not installed`));
      const folder = workshop.path(program);
      await mkdir(folder);
      const { ca, certificate, key } = await makeCertificates(folder);
      const [port, coordinatorPort] = [await freePort(), await freePort()];
      const [command = '', ...args] = await prepare({ folder, port, coordinatorPort, certificate, key });
      proxy = spawn(command, args, { env: { ...process.env, HOME: folder }, stdio: 'ignore' });

      const url = `https://localhost:${port}`;
      const up = workshop.start([
        ...['up', '--data', workshop.path(`${program}-network`), '--port', String(coordinatorPort)],
        ...['--public-url', url, '--trust-proxy', '127.0.0.1', '--workers', '0', '--verifiers', '0'],
      ]);
      await up.said(/end it here/);
      const others = { NODE_EXTRA_CA_CERTS: ca, RUSHES_HOME: workshop.path(`${program}-home`) };
      const stranger = await workshop.run(['join', url, '--yes'], { RUSHES_HOME: workshop.path('stranger') });
      assert.equal(stranger.exitCode, 1, 'a certificate of nobody known is refused');

      const parties: RunningCommand[] = [
        workshop.start(['join', url, '--yes', '--threads', '1'], others),
        ...['1', '2'].map((one) =>
          workshop.start(['join', url, '--yes', '--as', 'verifier'], {
            ...others,
            RUSHES_HOME: workshop.path(`${program}-${one}`),
          }),
        ),
      ];
      const scene = await writeTurningSquare(workshop.folder);
      const work = ['--size', '64x64', '--samples', '16', '--bounces', '4', '--tile', '32', '--frames', '0'];
      const out = workshop.path(`${program}-out`);
      const rendered = await workshop.run(
        ['render', scene, ...work, '--network', url, '--out', out, '--yes', '--json'],
        others,
      );
      assert.equal(
        rendered.exitCode,
        0,
        `${rendered.stderr}\n${parties.map(({ stdout, stderr }) => stdout + stderr).join('\n')}`,
      );
      const report = JSON.parse(rendered.stdout) as { chunks: { total: number; paid: number; audited: number } };
      assert.deepEqual([report.chunks.paid, report.chunks.audited], [report.chunks.total, report.chunks.total]);

      const child = fileURLToPath(new URL('./throughProxy.child.js', import.meta.url));
      const { stdout } = await run(process.execPath, [child, url, `0x${'5a'.repeat(32)}`, String(LARGE_BYTES)], {
        env: { ...workshop.env, ...others },
        timeout: 300_000,
      });
      const said = JSON.parse(stdout) as {
        network: NetworkDescription;
        streamType: string;
        firstBytes: number;
        isSame: boolean;
      };
      for (const address of [said.network.rpcUrl, said.network.ipfsApiUrl, said.network.coordinatorUrl])
        assert.equal(new URL(address!).origin, url);
      assert.match(said.streamType, /^text\/event-stream/);
      assert.ok(said.firstBytes > 0);
      assert.ok(said.isSame);

      for (const party of parties) party.kill('SIGINT');
      for (const party of parties) assert.equal((await party.ended).exitCode, 130, party.stderr);
      up.kill('SIGINT');
      await up.ended;
    });
});
