import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Wallet } from '@ethersproject/wallet';
import { sql } from 'kysely';
import { connectDatabase } from '../../adapters/database/connectDatabase.js';
import { startPostgres, type PostgresServer } from '../../adapters/database/startPostgres.js';
import { startIpfsEndpoint, type IpfsEndpoint } from '../../adapters/ipfs/startIpfsEndpoint.js';
import { type NetworkDescription, parseNetworkDescription } from '../../protocol/network.js';
import { random32 } from '../adapters/chain/startNetwork.js';
import { type ForeignChain, startForeignChain } from '../support/foreignChain.js';
import { openWorkshop, type RunningCommand, type Workshop } from '../support/runRushes.js';
import { writeTurningSquare } from '../support/turningSquare.js';

describe('a network of components that others keep', function () {
  this.timeout(300_000);
  let workshop: Workshop;
  let elsewhere: string;
  let scene: string;
  let chain: ForeignChain;
  let ipfs: IpfsEndpoint;
  let postgres: PostgresServer;
  let alone: string[];
  const work = ['--size', '32x32', '--bounces', '2', '--tile', '32', '--frames', '0-1', '--samples', '8'];
  const parties = ['--workers', '1', '--verifiers', '2'];

  before(async () => {
    workshop = await openWorkshop();
    // What others keep is no process of this workshop.
    elsewhere = await mkdtemp(join(tmpdir(), 'rushes-elsewhere-'));
    await chmod(elsewhere, 0o755);
    [scene, chain, ipfs, postgres] = await Promise.all([
      writeTurningSquare(workshop.folder),
      startForeignChain(join(elsewhere, 'chain')),
      startIpfsEndpoint({ folder: join(elsewhere, 'ipfs') }),
      startPostgres({ folder: join(elsewhere, 'postgres') }),
    ]);
    const local = await workshop.run(['render', scene, ...work, '--out', workshop.path('alone'), '--local', '--json']);
    alone = hashesIn(local.stdout);
    const deployer = await newKey('deployer.key', 10n ** 18n);
    const deployed = await workshop.run([
      'deploy',
      '--rpc',
      chain.rpcUrl,
      '--key',
      deployer,
      '--name',
      'film',
      '--out',
      workshop.path('film.json'),
    ]);
    assert.equal(deployed.exitCode, 0, deployed.stderr);
  });
  after(async () => {
    await Promise.all([chain?.close(), ipfs?.close(), postgres?.close()]);
    await workshop.clear();
    await rm(elsewhere, { recursive: true, force: true });
  });

  async function newKey(path: string, coinsWei: bigint): Promise<string> {
    const key = random32();
    const file = workshop.path(path);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, key, { mode: 0o600 });
    await chain.give(new Wallet(key).address, coinsWei);
    return file;
  }
  const hashesIn = (json: string): string[] =>
    (JSON.parse(json) as { frames: { pixelHash: string }[] }).frames.map((frame) => frame.pixelHash);
  const database = (name: string): string => postgres.url.replace(/\/rushes$/, `/${name}`);

  /** Renders on a network that `up` brought up in a folder, and ends it. */
  async function renderOn(up: RunningCommand, folder: string, cut: string[] = []): Promise<NetworkDescription> {
    await up.said(/the network is up/);
    const description = parseNetworkDescription(await readFile(join(folder, 'network.json'), 'utf8'));
    const key = join(folder, 'keys', 'artist.key');
    const source = description.coordinatorUrl!;
    const out = join(folder, 'out');
    const done = await workshop.run([
      'render',
      '--yes',
      scene,
      ...work,
      ...cut,
      '--network',
      source,
      '--key',
      key,
      '--out',
      out,
      '--json',
    ]);
    assert.equal(done.exitCode, 0, done.stderr);
    assert.deepEqual(hashesIn(done.stdout), alone);
    up.kill('SIGINT');
    assert.equal((await up.ended).exitCode, 130);
    return description;
  }
  const namesOf = async (folder: string): Promise<string[]> =>
    (await workshop.processes()).flatMap(({ command }) =>
      command.includes(folder) ? (/(database|chain|ipfs)\.child\.js/.exec(command)?.[1] ?? []) : [],
    );

  it('runs on a chain that gives gas to nobody: says whom to fund, and then renders', async () => {
    const folder = workshop.path('on-chain');
    const args = ['up', '--data', folder, '--network', workshop.path('film.json'), ...parties];
    const poor = await workshop.run(args);
    assert.equal(poor.exitCode, 1);
    const said = /need ([\d.]+) coins of the chain for gas, and their faucet (0x[0-9a-f]{40}) has 0: it lacks/.exec(
      poor.stderr,
    );
    assert.ok(said !== null, poor.stderr);
    await chain.give(said[2]!, BigInt(Math.ceil(Number(said[1]) * 1e18)) + 10n ** 16n);
    const up = workshop.start(args);
    await up.said(/the network is up/);
    assert.deepEqual((await namesOf(folder)).sort(), ['database', 'ipfs']);
    const description = await renderOn(up, folder);
    assert.equal(description.name, 'film');
    assert.deepEqual(chain.refused, [], 'nothing of anvil was called');
    assert.deepEqual(await workshop.leftBehind(), []);
  });

  it('runs on an IPFS endpoint that was given', async () => {
    const folder = workshop.path('on-ipfs');
    const up = workshop.start(['up', '--data', folder, '--ipfs', ipfs.apiUrl, ...parties]);
    await up.said(/the network is up/);
    assert.deepEqual((await namesOf(folder)).sort(), ['chain', 'database']);
    assert.equal((await renderOn(up, folder)).ipfsApiUrl, ipfs.apiUrl);
  });

  it('runs on all three at once, by variables; a database of another network is refused by name and keeps what it has', async () => {
    // The parties of before: others on the contract would wait for verifiers that are gone.
    const folder = workshop.path('on-chain');
    const env = {
      RUSHES_URL: workshop.path('film.json'),
      RUSHES_IPFS_API_URL: ipfs.apiUrl,
      RUSHES_DATABASE_URL: database('film'),
    };
    const up = workshop.start(['up', '--data', folder, ...parties], env);
    await up.said(/the network is up/);
    assert.deepEqual(await namesOf(folder), []);
    // Cut otherwise it is another job: the first one is done, and its pictures went with the IPFS endpoint of then.
    const film = await renderOn(up, folder, ['--tile', '16']);

    const other = await workshop.run(['up', '--data', workshop.path('other'), '--database', database('film')]);
    assert.equal(other.exitCode, 2, other.stderr);
    assert.match(
      other.stderr,
      new RegExp(`database "film" holds network film \\(contract ${film.contract} on chain 4242\\), not network local`),
    );
    const held = await connectDatabase({ url: database('film') });
    const { count } = await held.db
      .selectFrom('jobs')
      .select(sql<number>`count(*)::integer`.as('count'))
      .executeTakeFirstOrThrow();
    await held.close();
    assert.equal(count, 2, 'the jobs of both networks on the contract');
    assert.deepEqual(chain.refused, []);
  });

  it('refuses what it cannot use, each in one sentence', async () => {
    const film = JSON.parse(await readFile(workshop.path('film.json'), 'utf8')) as NetworkDescription;
    const written = async (name: string, change: object): Promise<string> => {
      await writeFile(workshop.path(name), JSON.stringify({ ...film, ...change }));
      return workshop.path(name);
    };
    const folderOf = async (name: string, more: object): Promise<string> => {
      await mkdir(workshop.path(`holds-${name}`));
      const state = JSON.stringify({ contracts: film, ports: {}, ...more });
      await writeFile(join(workshop.path(`holds-${name}`), 'state.json'), state);
      return workshop.path(`holds-${name}`);
    };
    const cases: [string[], RegExp][] = [
      [
        ['--network', await written('real.json', { testMoney: false })],
        /is not the test token, and until the protocol/,
      ],
      // A description that lies about its token.
      [['--network', await written('lie.json', { token: film.policy })], /is not the network's chain: the token of/],
      [['--network', await written('id.json', { chainId: 1 })], /its chain id is 4242, the network file says 1/],
      [['--network', workshop.path('absent.json')], /cannot read the network file/],
      [['--ipfs', '127.0.0.1:5001'], /--ipfs is "127\.0\.0\.1:5001", which is no address/],
      [['--ipfs', chain.rpcUrl], /the IPFS endpoint .* failed to say its version/],
      [['--database', 'mysql://a:secret@b/c'], /--database is "mysql:\/\/…@b\/c", which is no address/],
      [['--database', database('x').replace(/:[^:@]*@/, ':wrong@')], /the database refuses: password/],
      [
        ['--data', await folderOf('film', { isElsewhere: true })],
        /holds network film .*, not a network with a chain of its own/,
      ],
      [
        ['--data', await folderOf('own', {}), '--network', workshop.path('film.json')],
        /holds a network with a chain of its own, not network film/,
      ],
    ];
    for (const [args, sentence] of cases) {
      const data = args.includes('--data') ? [] : ['--data', workshop.path('refused')];
      const done = await workshop.run(['up', ...data, ...args, ...parties]);
      assert.match(done.stderr, sentence, args.join(' '));
      assert.equal(done.stderr.trimEnd().split('\n').length, 1, done.stderr);
      assert.notEqual(done.exitCode, 0);
      assert.ok(!done.stderr.includes('secret'), 'a password is not shown');
    }
    assert.deepEqual(await workshop.leftBehind(), []);
  });

  it('gives a network that ends with its job a database of its own on the server, and drops it', async () => {
    const before = await databases();
    const args = [
      'render',
      '--yes',
      scene,
      ...work,
      '--workers',
      '1',
      '--verifiers',
      '2',
      '--out',
      workshop.path('once'),
      '--json',
    ];
    const done = await workshop.run(args, { RUSHES_DATABASE_URL: database('film') });
    assert.equal(done.exitCode, 0, done.stderr);
    assert.deepEqual(hashesIn(done.stdout), alone);
    assert.deepEqual(await databases(), before);
  });

  async function databases(): Promise<string[]> {
    const admin = await connectDatabase({ url: database('admin') });
    const { rows } = await sql<{ datname: string }>`SELECT datname FROM pg_database ORDER BY 1`.execute(admin.db);
    await admin.close();
    return rows.map((row) => row.datname);
  }
});
