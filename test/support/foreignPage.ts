import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright-core';

const CHROMIUMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A browser that is installed on this machine; undefined where there is none. */
export function findChromium(): string | undefined {
  return CHROMIUMS.find((path) => existsSync(path));
}

/** A request that a page tries to make, by every way that a browser has. */
export interface Target {
  url: string;
  body: string;
}

/** What a page got: the ways by which it read anything of the answer, with the beginning of what it read. */
export type Spoils = Record<string, string>;

/** A web page of another origin, in a real browser. */
export interface ForeignPage {
  /** Tries to reach a target by every way that pages have. */
  attack(target: Target): Promise<Spoils>;
  /** The same from a page whose own name was rebound to the target's address. */
  attackRebound(target: Target): Promise<Spoils>;
  close(): Promise<void>;
}

/** A name that the browser resolves to this machine, as a rebound one does. */
const REBOUND = 'rebound.example';

export async function openForeignPage(executablePath: string): Promise<ForeignPage> {
  const site = createServer((_request, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>page</title><body></body>'),
  );
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  const browser: Browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      `--host-resolver-rules=MAP ${REBOUND} 127.0.0.1`,
      // What newer browsers keep pages from by themselves is not what is tried here.
      '--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests',
    ],
  });
  const open = async (url: string, isRebound: boolean): Promise<Page> => {
    const page = await browser.newPage();
    // What the attacker's server gave under this name before it was rebound.
    if (isRebound)
      await page.route('**/page', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }));
    await page.goto(url);
    return page;
  };
  const attackFrom = async (page: Page, target: Target): Promise<Spoils> => {
    try {
      return await page.evaluate(tryEverything, target);
    } finally {
      await page.close();
    }
  };
  return {
    attack: async (target) =>
      attackFrom(await open(`http://localhost:${(site.address() as AddressInfo).port}/`, false), target),
    async attackRebound({ url, body }) {
      const { port, pathname, search } = new URL(url);
      const there = `http://${REBOUND}:${port}`;
      return attackFrom(await open(`${there}/page`, true), { url: `${there}${pathname}${search}`, body });
    },
    async close() {
      await browser.close();
      site.closeAllConnections();
      site.close();
    },
  };
}

/** Runs in the page: no name from outside it may be used. */
async function tryEverything({ url, body }: { url: string; body: string }): Promise<Record<string, string>> {
  const spoils: Record<string, string> = {};
  const within = <T>(work: Promise<T>): Promise<T | undefined> =>
    Promise.race([work.catch(() => undefined), new Promise<undefined>((resolve) => setTimeout(resolve, 3000))]);
  const read = async (way: string, init: RequestInit): Promise<void> => {
    const text = await within(fetch(url, init).then(async (answer) => (answer.ok ? await answer.text() : '')));
    if (text !== undefined && text !== '') spoils[way] = text.slice(0, 200);
  };
  await read('fetch JSON', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  await read('fetch text', { method: 'POST', headers: { 'content-type': 'text/plain' }, body });
  await read('fetch without a type', { method: 'POST', body: new Blob([body]) });
  await read('fetch GET', {});
  // Answers of these cannot be read: what they do is looked for on the other side.
  for (const type of ['text/plain', 'application/json', 'application/x-www-form-urlencoded'])
    await within(fetch(url, { method: 'POST', mode: 'no-cors', headers: { 'content-type': type }, body }));
  navigator.sendBeacon(url, new Blob([body], { type: 'text/plain' }));
  const frame = document.createElement('iframe');
  frame.name = 'frame';
  document.documentElement.append(frame);
  for (const enctype of ['text/plain', 'multipart/form-data']) {
    const form = document.createElement('form');
    Object.assign(form, { method: 'POST', action: url, enctype, target: 'frame' });
    const field = document.createElement('input');
    // `name=value`: the sign ends up inside a string of the JSON.
    field.name = `${body.slice(0, -1)},"x":"`;
    field.value = '"}';
    form.append(field);
    document.documentElement.append(form);
    form.submit();
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  const greeted = await within(
    new Promise<string>((resolve) => {
      const socket = new WebSocket(url.replace(/^http/, 'ws'));
      socket.onopen = () => socket.send(body);
      socket.onmessage = (message) => resolve(String(message.data));
      socket.onclose = () => resolve('');
    }),
  );
  if (greeted !== undefined && greeted !== '') spoils['WebSocket'] = greeted.slice(0, 200);
  const streamed = await within(
    new Promise<string>((resolve) => {
      const source = new EventSource(url);
      source.onopen = () => resolve('opened');
      source.onerror = () => resolve('');
    }),
  );
  if (streamed !== undefined && streamed !== '') spoils['EventSource'] = streamed;
  return spoils;
}
