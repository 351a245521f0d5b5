import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { findChromium } from '../support/foreignPage.js';
import { openWorkshop, type RunningCommand, type Workshop } from '../support/runRushes.js';
import { skip } from '../support/skip.js';
import { writeTurningSquare } from '../support/turningSquare.js';
import { coloursOf, openBrowser, policyViolationsOf, type WatchedPage, watchPage } from '../support/watchedPage.js';

/** Compressed, of everything that the page of a job loads before it shows its first picture. */
const FIRST_LOAD_BYTES = 200_000;
const WITHIN_MS = 90_000;

describe('the page to watch, in Chromium', function () {
  this.timeout(400_000);
  let workshop: Workshop;
  let browser: Browser;
  let scene: string;
  let up: RunningCommand;
  let url: string;
  const job = ['--size', '64x48', '--bounces', '4', '--tile', '32', '--fps', '6', '--samples', '64'];
  const opened: WatchedPage[] = [];

  async function open(address: string, how: Parameters<typeof watchPage>[2] = {}): Promise<WatchedPage> {
    const watched = await watchPage(browser, address, how);
    opened.push(watched);
    return watched;
  }
  /** Nothing is wrong with a page: neither what it loads, nor what it shows. */
  async function assertSound(watched: WatchedPage): Promise<void> {
    assert.deepEqual(watched.foreign, [], 'requests of others');
    assert.deepEqual(watched.troubles, [], 'errors');
    assert.deepEqual(await policyViolationsOf(watched.page), [], 'the policy for content');
    assert.deepEqual(await watched.violations(), [], 'axe');
    const overflow = await watched.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.equal(overflow, 0, 'pixels beside the window');
  }

  before(async function () {
    const chromium = findChromium();
    if (chromium === undefined) skip(this, 'no Chromium is installed');
    workshop = await openWorkshop();
    scene = await writeTurningSquare(workshop.folder);
    browser = await openBrowser(chromium);
    up = workshop.start(['up', '--cheat', 'half-samples']);
    url = (await up.said(/watch it: (http:\S+\/)\n/))[1]!;
  });
  after(async () => {
    await browser?.close();
    await workshop?.clear();
  });

  it('shows a network without jobs, and who is alive on it', async () => {
    const watched = await open(`${url}#/network`);
    const { page } = watched;
    await page.getByText(/2 workers and 3 verifiers are alive/).waitFor({ timeout: WITHIN_MS });
    await assertSound(watched);
    await page.getByRole('link', { name: 'Jobs' }).click();
    await page.getByText('No job was ordered on this network yet').waitFor();
    await assertSound(watched);
  });

  it('shows a job from its order to its end, through the death of the coordinator, and a cheat convicted', async () => {
    const [list] = opened;
    const render = workshop.start(['render', '--yes', scene, ...job, '--out', workshop.path('out')]);
    await list!.page.getByRole('link', { name: 'scene.gltf' }).click({ timeout: WITHIN_MS });
    const watched = list!;
    const { page } = watched;
    const jobId = /#\/jobs\/(0x[0-9a-f]{64})$/.exec(page.url())![1]!;
    await page.getByRole('heading', { name: 'scene.gltf' }).waitFor();
    assert.equal(await page.getByRole('option').count(), 6, 'frames in the strip');
    await page.locator('canvas.picture').waitFor({ timeout: WITHIN_MS });

    // Kill the coordinator: the page says so, keeps what it has, and goes on.
    const coordinator = (await workshop.processes()).find(({ command }) => / coordinator /.test(command));
    assert.ok(coordinator !== undefined, 'a coordinator runs');
    process.kill(coordinator.pid, 'SIGKILL');
    await page.getByText('The coordinator does not answer.').waitFor({ timeout: WITHIN_MS });
    assert.equal(await page.getByRole('option').count(), 6, 'what was shown is kept');
    await page.getByText('live', { exact: true }).waitFor({ timeout: WITHIN_MS });
    assert.equal(await page.getByText('The coordinator does not answer.').count(), 0);

    await page.locator('.facts').getByText('100 %').waitFor({ timeout: WITHIN_MS });
    assert.equal((await render.ended).exitCode, 0);
    await page.locator('[data-ending=convicted]').first().waitFor({ timeout: WITHIN_MS });
    const sentence = await page.locator('[data-ending=convicted]').first().innerText();
    assert.match(sentence, /values that every verifier found wrong/);
    assert.match(sentence, /says convict/);
    await page.getByText(/^Frame \d finished$/).waitFor({ timeout: WITHIN_MS });
    assert.ok((await coloursOf(page, 'canvas.picture')) > 10, 'real pixels');
    await assertSound(watched);

    // The sums are those of the API, in tokens.
    const { money } = (await (await fetch(`${url}v1/jobs/${jobId}`)).json()) as { money: { fundedWei: string } };
    const escrow = await page.locator('.sums tfoot .amount').innerText();
    assert.equal(
      BigInt(Math.round(Number(escrow) * 1e4)) * 10n ** 14n,
      (BigInt(money.fundedWei) / 10n ** 14n) * 10n ** 14n,
    );
  });

  it('keeps its place through a reload, and is worked by keyboard', async () => {
    const { page } = opened[0]!;
    await page.getByRole('option').first().focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.waitForURL(/frame=1$/);
    await page.reload();
    await page.getByText('Frame 1', { exact: true }).waitFor();
    assert.equal(await page.getByRole('option', { selected: true }).getAttribute('data-key'), '1');
    await page.locator('canvas.picture').waitFor({ timeout: WITHIN_MS });
    await page.getByRole('link', { name: 'Follow the newest' }).click();
    await page.getByText('Frame 5', { exact: true }).waitFor();
  });

  for (const how of [
    { width: 360, height: 740, theme: 'light' },
    { width: 360, height: 740, theme: 'dark' },
    { width: 1280, height: 900, theme: 'dark' },
  ] as const)
    it(`is sound at ${how.width} pixels, ${how.theme}`, async () => {
      const jobUrl = opened[0]!.page.url();
      for (const address of [url, jobUrl, `${url}#/network`]) {
        const watched = await open(address, how);
        await watched.page.getByText('live', { exact: true }).waitFor();
        await watched.page.locator('.card').first().waitFor();
        await assertSound(watched);
        if (address === jobUrl) {
          await watched.page.locator('canvas.picture').waitFor({ timeout: WITHIN_MS });
          const bytes = [...watched.loaded.values()].reduce((sum, one) => sum + one, 0);
          console.log(`      first load: ${bytes} bytes in ${watched.loaded.size} files`);
          assert.ok(watched.loaded.size >= 4 && bytes > 0 && bytes <= FIRST_LOAD_BYTES, `${bytes} bytes`);
        }
        await watched.close();
      }
    });

  it('says that the coordinator was shut down', async () => {
    const { page } = opened[0]!;
    up.kill('SIGINT');
    await page.getByText('The coordinator was shut down.').waitFor({ timeout: WITHIN_MS });
    await up.ended;
    assert.equal(await page.getByRole('option').count(), 6, 'what was shown is kept');
  });

  it('says that a network which lived for one command has ended, and how to keep one', async () => {
    const render = workshop.start([
      'render',
      '--yes',
      scene,
      ...job,
      '--workers',
      '1',
      '--out',
      workshop.path('alone'),
    ]);
    const [, address] = await render.said(/watch it: (http:\S+\/)\n/);
    await render.said(/rendered [1-9]/);
    const { page } = await open(address!);
    await page.getByRole('link', { name: 'scene.gltf' }).click({ timeout: WITHIN_MS });
    await page.getByText('This network has ended.').waitFor({ timeout: WITHIN_MS });
    assert.match(await page.locator('.notice').innerText(), /rushes up/);
    assert.equal(await page.getByRole('option').count(), 6, 'what was shown is kept');
    assert.equal((await render.ended).exitCode, 0);
  });
});
