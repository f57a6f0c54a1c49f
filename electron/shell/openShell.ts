import { chromium, type BrowserContext, type Page, type Route } from 'playwright-core';
import { CalcarError, type WireError } from '../contract/errors.ts';
import {
  createPageServer,
  type PageAnswer,
  type PageServer,
  type PageServerOptions,
} from '../contract/pageServer.ts';
import { isOwnPage, securityHeaders, shellOrigin } from '../contract/security.ts';
import type { Station } from '../contract/station.ts';
import { forwardEvents, installBridge } from './bridge.ts';
import { findBrowser, type Browser } from './browser.ts';
import { openRendererFiles } from './rendererFiles.ts';

export interface ShellOptions {
  readonly station: Station;
  /** Draws into memory and shows no window. */
  readonly headless: boolean;
  /** The browser's own folder; one shell at a time. */
  readonly userDataDir: string;
  /** Null looks for one. */
  readonly browser?: Browser | null;
  /** The page's files; those of the built renderer when left out. */
  readonly readFile?: PageServerOptions['readFile'];
}

export interface Shell {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Settles when the window is gone: closed by a person or by `close`, or because its page crashed. */
  readonly closed: Promise<'closed' | 'crashed'>;
  /** Closes the window, not the station. */
  close(): Promise<void>;
}

const browserArguments = [
  // Nothing leaves this machine, whatever a page or the browser itself would like to fetch.
  '--host-resolver-rules=MAP * ~NOTFOUND',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-sync',
  '--no-pings',
  '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
  '--deny-permission-prompts',
  '--no-first-run',
  '--no-default-browser-check',
  // Without it Chromium warns of the flags above in a bar over the film.
  '--test-type',
  // The viewer needs WebGL 2; without a graphics card Chromium draws it in software only when told so.
  '--enable-unsafe-swiftshader',
  '--window-size=1600,1000',
];

/**
 * Chromium ends itself over a message of 100 MB on its pipe, which is 75 MB of bytes as base64. The largest
 * detectors in use make films of some 35 MB.
 */
const mostBytes = 70e6;
const tooLarge: PageAnswer = {
  status: 413,
  headers: securityHeaders('application/json'),
  bytes: Buffer.from(
    JSON.stringify({
      kind: 'too-large',
      sentence:
        'This film is too large to be shown in a browser (over 35 million pixels). Calcar with its own window shows it.',
    } satisfies WireError),
  ),
};

/** A window without an address bar starts with a page of its own; black, since the room is dark. */
const waitingPage = 'data:text/html,<title>Calcar</title><body style="background:%23000">';

/**
 * Shows the station in an installed browser of Chromium's family, driven through a pipe: no port listens.
 * Every request of the page is answered by this process or aborted.
 *
 * @throws CalcarError 'not-found' without a browser that fits, 'internal' when it does not start
 */
export async function openShell(options: ShellOptions): Promise<Shell> {
  const browser = options.browser ?? (await findBrowser());
  if (browser === null || (browser.headlessOnly && !options.headless))
    throw new CalcarError(
      'not-found',
      'No browser that can show the station was found. Install Chromium, Chrome or Edge, or name one in CALCAR_BROWSER.',
    );
  const readFile = options.readFile ?? (await openRendererFiles());
  const server = createPageServer({ origin: shellOrigin, station: options.station, readFile });
  const context = await launch(browser, options);
  try {
    await context.route(
      () => true,
      (route) => answer(route, server),
    );
    await context.routeWebSocket(
      () => true,
      (socket) => socket.close(),
    );
    await installBridge(context, options.station);
    const page = context.pages()[0] ?? (await context.newPage());
    return await openPage(context, page, options.station);
  } catch (error) {
    await context.close();
    throw error;
  }
}

async function launch(browser: Browser, { headless, userDataDir }: ShellOptions): Promise<BrowserContext> {
  try {
    return await chromium.launchPersistentContext(userDataDir, {
      executablePath: browser.executablePath,
      headless,
      // A window decides its own size; without one the page gets that of a common screen.
      viewport: headless ? { width: 1440, height: 900 } : null,
      // Playwright would otherwise pretend a light theme and no wish for less motion or more contrast.
      colorScheme: null,
      reducedMotion: null,
      forcedColors: null,
      contrast: null,
      // Chromium's sandbox refuses to run as root.
      chromiumSandbox: process.getuid?.() !== 0,
      acceptDownloads: false,
      serviceWorkers: 'block',
      args: headless ? browserArguments : [...browserArguments, `--app=${waitingPage}`],
      ignoreDefaultArgs: ['--enable-automation'],
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
  } catch (error) {
    throw new CalcarError(
      'internal',
      `The ${browser.name} did not start, so the station has no window. Name another browser in CALCAR_BROWSER.`,
      error,
    );
  }
}

async function openPage(context: BrowserContext, page: Page, station: Station): Promise<Shell> {
  const home = `${shellOrigin}/`;
  let end: 'closed' | 'crashed' = 'closed';
  const goHome = () => {
    page.goto(home).catch(() => undefined);
  };
  page.on('crash', () => {
    end = 'crashed';
    void context.close();
  });
  page.on('framenavigated', (frame) => {
    if (frame === page.mainFrame() && !isOwnPage(shellOrigin, frame.url())) goHome();
  });
  page.on('close', () => void context.close());
  context.on('page', (other) => {
    if (other !== page) void other.close();
  });
  const stopEvents = forwardEvents(page, station);
  const closed = new Promise<'closed' | 'crashed'>((resolve) => {
    context.on('close', () => {
      stopEvents();
      resolve(end);
    });
  });
  await page.goto(home);
  return { page, context, closed, close: () => context.close() };
}

async function answer(route: Route, server: PageServer): Promise<void> {
  const request = route.request();
  if (!request.url().startsWith(`${shellOrigin}/`)) {
    // 'aborted' leaves the page as it is where a blocked navigation would show an error page.
    await route.abort(request.isNavigationRequest() ? 'aborted' : 'blockedbyclient');
    return;
  }
  if (request.isNavigationRequest() && !isOwnPage(shellOrigin, request.url())) {
    await route.abort('aborted');
    return;
  }
  const answered = await server(request.method(), request.url(), () =>
    Promise.resolve(request.postDataBuffer() ?? new Uint8Array()),
  );
  const { status, headers, bytes } = answered.bytes.length > mostBytes ? tooLarge : answered;
  // The page may be gone before its answer.
  await route
    .fulfill({ status, headers, body: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) })
    .catch(() => undefined);
}
