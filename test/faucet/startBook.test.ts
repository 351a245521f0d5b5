import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStartBook, type Start } from '../../faucet/StartBook.js';
import { parseAddress } from '../../protocol/ids.js';

const account = (n: number) => parseAddress(`0x${n.toString(16).padStart(40, '0')}`);
const start = (n: number, more: Partial<Start> = {}): Start => ({
  account: account(n),
  asker: '203.0.113.7',
  atSeconds: 1000 + n,
  state: 'promised',
  coinsWei: 10n ** 20n + BigInt(n),
  tokensWei: 10n ** 22n,
  ...more,
});

describe("the faucet's book", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rushes-test-book-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('remembers every start, the last word of each, and counts by asker and time', async () => {
    const book = await openStartBook({ folder, forgetBeforeSeconds: 0 });
    await Promise.all([
      book.write(start(1)),
      book.write(start(2, { asker: '2001:db8:1:2::/64' })),
      book.write(start(3)),
    ]);
    await book.write(start(1, { state: 'given' }));
    await book.close();
    const again = await openStartBook({ folder, forgetBeforeSeconds: 0 });
    assert.deepEqual(again.find(account(1)), start(1, { state: 'given' }));
    assert.deepEqual(again.find(account(3)), start(3));
    assert.equal(again.find(account(4)), undefined);
    assert.equal(again.count({ seconds: 0 }), 3);
    assert.equal(again.count({ seconds: 0, asker: '203.0.113.7' }), 2);
    assert.equal(again.count({ seconds: 1001, asker: '203.0.113.7' }), 1);
    assert.equal(again.oldest({ seconds: 1001 }), 1002);
    assert.equal(again.oldest({ seconds: 2000 }), undefined);
    await again.close();
  });

  it('goes on after a crash in the middle of a line, and keeps what comes after it apart', async () => {
    const book = await openStartBook({ folder, forgetBeforeSeconds: 0 });
    await book.write(start(1));
    await book.close();
    await appendFile(join(folder, 'starts.journal'), '{"account":"0x0000000000000000');
    const again = await openStartBook({ folder, forgetBeforeSeconds: 0 });
    await again.write(start(2));
    await again.close();
    const last = await openStartBook({ folder, forgetBeforeSeconds: 0 });
    assert.deepEqual([last.find(account(1)), last.find(account(2))], [start(1), start(2)]);
    await last.close();
  });

  it('forgets who asked once nobody needs to know, also on the disk', async () => {
    const book = await openStartBook({ folder, forgetBeforeSeconds: 0 });
    await book.write(start(1));
    await book.write(start(500, { asker: '198.51.100.1' }));
    await book.close();
    const again = await openStartBook({ folder, forgetBeforeSeconds: 1200 });
    assert.equal(again.find(account(1))?.asker, undefined);
    assert.equal(again.find(account(500))?.asker, '198.51.100.1');
    await again.close();
    assert.doesNotMatch(await readFile(join(folder, 'starts.journal'), 'utf8'), /203\.0\.113\.7/);
  });
});
