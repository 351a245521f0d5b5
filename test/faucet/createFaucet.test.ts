import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Purse } from '../../adapters/chain/createGiver.js';
import { createFaucet, type Faucet } from '../../faucet/createFaucet.js';
import { openStartBook, type StartBook } from '../../faucet/StartBook.js';
import { type Address, parseAddress } from '../../protocol/ids.js';

const COIN = 10n ** 18n;
const OWN = parseAddress(`0x${'fa'.repeat(20)}`);
const account = (n: number) => parseAddress(`0x${n.toString(16).padStart(40, '0')}`);

describe('a faucet', () => {
  let folder: string;
  let book: StartBook;
  let purses: Map<Address, Purse>;
  let calls: Address[];
  let nowSeconds: number;
  let chainIsAway: boolean;
  let giving: Promise<void>;

  const make = (): Faucet =>
    createFaucet({
      book,
      giver: {
        account: OWN,
        async topUp({ account: to, coinsWei, tokensWei }) {
          calls.push(to);
          await giving;
          if (chainIsAway) throw new Error('the chain is away');
          const own = purses.get(OWN)!;
          purses.set(OWN, { ...own, coinsWei: own.coinsWei - coinsWei });
          purses.set(to, { coinsWei, tokensWei });
          return { coinsWei, tokensWei };
        },
      },
      tokensWei: 10_000n * COIN,
      readPurse: async (of) => purses.get(of) ?? { coinsWei: 0n, tokensWei: 0n },
      readGasPrice: async () => 10n ** 9n,
      refill: async () => undefined,
      nowSeconds: () => nowSeconds,
    });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rushes-test-faucet-'));
    book = await openStartBook({ folder, forgetBeforeSeconds: 0 });
    purses = new Map([[OWN, { coinsWei: 1_000_000n * COIN, tokensWei: 0n }]]);
    calls = [];
    nowSeconds = 1_000_000;
    chainIsAway = false;
    giving = Promise.resolve();
  });
  afterEach(async () => {
    await book.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('gives an account one start, whoever asks how often, and after it was spent', async () => {
    const faucet = make();
    const first = await faucet.give({ account: account(1), asker: 'a' });
    assert.deepEqual(first, { account: account(1), isNew: true, coinsWei: 100n * COIN, tokensWei: 10_000n * COIN });
    purses.set(account(1), { coinsWei: 0n, tokensWei: 0n });
    for (const asker of ['a', 'b']) assert.equal((await faucet.give({ account: account(1), asker })).isNew, false);
    assert.equal((await make().give({ account: account(1), asker: 'c' })).isNew, false);
    assert.equal(calls.length, 1);
  });

  it('gives those who ask at once one answer', async () => {
    const faucet = make();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => faucet.give({ account: account(1), asker: 'a' })),
    );
    assert.equal(calls.length, 1);
    assert.ok(answers.every(({ isNew }) => isNew));
  });

  it('gives ten new accounts of an asker a start within a day, also when they ask at once', async () => {
    const faucet = make();
    const asked = await Promise.allSettled(
      Array.from({ length: 25 }, (_, n) => faucet.give({ account: account(n + 1), asker: 'a' })),
    );
    assert.equal(asked.filter(({ status }) => status === 'fulfilled').length, 10);
    assert.equal(calls.length, 10);
    for (const one of asked)
      if (one.status === 'rejected') assert.equal((one.reason as { code: string }).code, 'faucet-limit');
    assert.equal((await faucet.give({ account: account(99), asker: 'b' })).isNew, true);
    // Those who had theirs are answered as before.
    assert.equal((await faucet.give({ account: calls[0]!, asker: 'a' })).isNew, false);
    nowSeconds += 86_399;
    await assert.rejects(faucet.give({ account: account(100), asker: 'a' }), /to 10 new accounts from a within a day/);
    nowSeconds += 1;
    assert.equal((await faucet.give({ account: account(100), asker: 'a' })).isNew, true);
  });

  it('counts what a former faucet gave', async () => {
    for (let n = 1; n <= 10; n++) await make().give({ account: account(n), asker: 'a' });
    await book.close();
    book = await openStartBook({ folder, forgetBeforeSeconds: nowSeconds - 100_000 });
    await assert.rejects(make().give({ account: account(11), asker: 'a' }), { code: 'faucet-limit' });
  });

  it('gives a thousand a day in all', async function () {
    this.timeout(30_000);
    const faucet = make();
    for (let n = 1; n <= 1000; n += 50)
      await Promise.all(
        Array.from({ length: 50 }, (_, k) => faucet.give({ account: account(n + k), asker: `asker ${n + k}` })),
      );
    await assert.rejects(faucet.give({ account: account(2000), asker: 'another' }), { code: 'faucet-limit' });
  });

  it('keeps a promise that it could not keep at once, and counts it', async () => {
    const faucet = make();
    chainIsAway = true;
    await assert.rejects(faucet.give({ account: account(1), asker: 'a' }), /the chain is away/);
    assert.equal(book.count({ seconds: 0, asker: 'a' }), 1);
    chainIsAway = false;
    assert.equal((await make().give({ account: account(1), asker: 'a' })).isNew, true);
    assert.equal(book.count({ seconds: 0, asker: 'a' }), 1);
    assert.equal(book.find(account(1))?.state, 'given');
  });

  it('gives nothing to an account that has enough, and does not count it', async () => {
    purses.set(account(1), { coinsWei: 60n * COIN, tokensWei: 6_000n * COIN });
    assert.equal((await make().give({ account: account(1), asker: 'a' })).isNew, false);
    assert.deepEqual([calls.length, book.count({ seconds: 0 })], [0, 0]);
  });

  it('gives less as its coins go, and says when it is empty', async () => {
    const faucet = make();
    purses.set(OWN, { coinsWei: 20n * COIN, tokensWei: 0n });
    assert.equal((await faucet.give({ account: account(1), asker: 'a' })).coinsWei, 1n * COIN);
    purses.set(OWN, { coinsWei: COIN / 100n, tokensWei: 0n });
    assert.equal((await faucet.state()).isEmpty, true);
    await assert.rejects(faucet.give({ account: account(2), asker: 'a' }), (error: Error) => {
      assert.match(error.message, new RegExp(`^the faucet is empty: its account ${OWN} has ${COIN / 100n} wei`));
      return true;
    });
    assert.equal(book.find(account(2)), undefined);
    // A promise is a promise, and one that was kept is no news.
    assert.equal((await faucet.give({ account: account(1), asker: 'a' })).isNew, false);
  });

  it('gives to eight at a time, lets 64 wait and sends others away', async () => {
    let release = (): void => undefined;
    giving = new Promise((resolve) => (release = resolve));
    const faucet = make();
    const asked = Array.from({ length: 64 }, (_, n) => faucet.give({ account: account(n + 1), asker: `asker ${n}` }));
    await assert.rejects(faucet.give({ account: account(65), asker: 'late' }), { code: 'too-many-requests' });
    while (calls.length < 8) await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(calls.length, 8);
    release();
    assert.equal((await Promise.all(asked)).filter(({ isNew }) => isNew).length, 64);
    assert.equal((await faucet.give({ account: account(65), asker: 'late' })).isNew, true);
  });
});
