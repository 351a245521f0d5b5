import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** The page of a coordinator in a real browser, and everything that it did wrong. */
export interface WatchedPage {
  page: Page;
  /** What the browser refused because of the policy for content, and what nobody caught. */
  troubles: string[];
  /** Requests to any other origin than the page's. */
  foreign: string[];
  /** Bytes over the wire of everything that was loaded, by path. */
  loaded: Map<string, number>;
  /** Violations that axe-core finds now, by rule. */
  violations(): Promise<string[]>;
  close(): Promise<void>;
}

export type Theme = 'light' | 'dark';

/** Opens addresses of one origin. */
export async function openBrowser(executablePath: string): Promise<Browser> {
  return await chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

export async function watchPage(
  browser: Browser,
  url: string,
  { width = 1280, height = 900, theme = 'light' }: { width?: number; height?: number; theme?: Theme } = {},
): Promise<WatchedPage> {
  // The policy of the page stands: axe is put in by the debugger, not by the page.
  const context: BrowserContext = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const troubles: string[] = [];
  const foreign: string[] = [];
  const loaded = new Map<string, number>();
  const { origin } = new URL(url);
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/i.test(message.text())) troubles.push(message.text());
  });
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) foreign.push(request.url());
  });
  page.on('requestfinished', (request) => {
    const { pathname } = new URL(request.url());
    if (!/^\/(page\/.*)?$/.test(pathname)) return;
    void request.sizes().then(({ responseBodySize, responseHeadersSize }) => {
      loaded.set(pathname, responseBodySize + responseHeadersSize);
    });
  });
  await page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(globalThis, { policyViolations: seen });
    addEventListener('securitypolicyviolation', (event) => seen.push(`${event.violatedDirective} ${event.blockedURI}`));
  });
  await page.goto(url);
  return {
    page,
    troubles,
    foreign,
    loaded,
    async violations() {
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`);
    },
    close: () => context.close(),
  };
}

/** Violations of the policy for content that the page itself was told of. */
export async function policyViolationsOf(page: Page): Promise<string[]> {
  return await page.evaluate(() => (globalThis as unknown as { policyViolations: string[] }).policyViolations);
}

/** How many colours a canvas shows: more than a few, and it is a picture of something. */
export async function coloursOf(page: Page, selector: string): Promise<number> {
  return await page.evaluate((wanted) => {
    const canvas = document.querySelector<HTMLCanvasElement>(wanted);
    const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
    return new Set(new Uint32Array(pixels?.buffer ?? new ArrayBuffer(0))).size;
  }, selector);
}
