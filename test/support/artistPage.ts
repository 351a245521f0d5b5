import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type Page } from 'playwright-core';
import { bundleForPage, decoderFiles } from './artistBundle.js';

/** A page in a real browser, with a script of ours, served by one origin that also passes on to what is behind it. */
export interface ArtistPage {
  page: Page;
  /** Of the page and of everything that it may reach. */
  origin: string;
  /** What the page said went wrong and nobody caught. */
  errors: string[];
  close(): Promise<void>;
}

/** The page's script, as its address. */
export const SCRIPT = '/script.js';

/**
 * @param options.program the source of the page's script, an ES module.
 * @param options.files what the page finds at other addresses.
 * @param options.behind servers that are reached below a path, by that path: their own, not the page's name is asked for,
 * as of a proxy that stands before them.
 */
export async function openArtistPage(options: {
  executablePath: string;
  program: string;
  files?: Record<string, Uint8Array>;
  behind?: Record<string, string>;
}): Promise<ArtistPage> {
  const { outputFiles } = await bundleForPage(options.program);
  const files = new Map<string, Uint8Array>([
    ['/', Buffer.from('<!doctype html><meta charset="utf-8"><title>artist</title>')],
    ...[...(await decoderFiles())].map(([name, bytes]): [string, Uint8Array] => [`/${name}`, bytes]),
    ...Object.entries(options.files ?? {}),
    [SCRIPT, outputFiles[0]!.contents],
  ]);
  const server = createServer((incoming, response) => {
    const path = new URL(incoming.url ?? '/', 'http://page').pathname;
    const bytes = files.get(path);
    if (bytes !== undefined) return void response.writeHead(200, { 'content-type': typeOf(path) }).end(bytes);
    const under = Object.entries(options.behind ?? {}).find(([prefix]) => path.startsWith(prefix));
    if (under === undefined) return void response.writeHead(404).end();
    passOn(incoming, response, new URL(`${under[1]}${incoming.url!.slice(under[0].length)}`));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = await chromium.launch({ executablePath: options.executablePath, args: ['--no-sandbox'] });
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(origin);
  return {
    page,
    origin,
    errors,
    async close() {
      await browser.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

function typeOf(path: string): string {
  const types = { js: 'text/javascript', wasm: 'application/wasm' } as const;
  const type = types[path.slice(path.lastIndexOf('.') + 1) as keyof typeof types];
  return type ?? (path === '/' ? 'text/html' : 'application/octet-stream');
}

/** What a browser says of the page that asks is not for who stands behind. */
function passOn(incoming: IncomingMessage, response: ServerResponse, target: URL): void {
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).filter(
      ([name]) => !/^(host|origin|referer|user-agent|connection|sec-.*)$/.test(name),
    ),
  );
  const outgoing = request(target, { method: incoming.method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  outgoing.on('error', () => response.destroy());
  response.on('close', () => outgoing.destroy());
  incoming.pipe(outgoing);
}
