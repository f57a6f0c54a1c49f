import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StationBridge, StationEvent } from '../contract/api.ts';
import type { Station } from '../contract/station.ts';
import { browserPlaces, findBrowser } from './browser.ts';
import { openShell, type Shell } from './openShell.ts';
import { showShell } from './showShell.ts';

const browser = await findBrowser();
if (browser === null) console.warn('No browser on this machine: the shell was not tested.');

declare global {
  interface Window {
    calcarBridge: StationBridge;
    heard: unknown[];
    ranScript: boolean;
    ranInline: boolean;
  }
}

const files: Record<string, string> = {
  'index.html':
    '<!doctype html><title>Station</title><script src="page.js"></script><script>window.ranInline = true</script>',
  'page.js':
    'window.ranScript = true; window.heard = []; calcarBridge.subscribe((event) => heard.push(event));',
};

const readFileOfPage = (path: string) => {
  const text = files[path];
  return Promise.resolve(text === undefined ? null : new TextEncoder().encode(text));
};

describe.skipIf(browser === null)('the shell', () => {
  const listeners = new Set<(event: StationEvent) => void>();
  const pixels = Uint8Array.from({ length: 300_000 }, (_, i) => i * 7);
  const station: Station = {
    call: (name, input) => Promise.resolve({ ok: true, value: { name, input } }),
    asset: (method, path, body) =>
      Promise.resolve({
        status: 200,
        contentType: 'application/octet-stream',
        bytes:
          path === 'film/huge/pixels'
            ? new Uint8Array(128e6)
            : method === 'GET'
              ? pixels
              : new TextEncoder().encode(`${path} ${String(body?.length)}`),
      }),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => Promise.resolve(),
  };
  let userDataDir: string;
  let shell: Shell;

  beforeAll(async () => {
    userDataDir = await mkdtemp(join(tmpdir(), 'calcar-shell-'));
    shell = await openShell({
      station,
      headless: true,
      userDataDir,
      readFile: readFileOfPage,
    });
  });
  afterAll(async () => {
    await shell.close();
    await shell.closed;
    expect(listeners.size).toBe(0);
    await rm(userDataDir, { recursive: true, maxRetries: 5, retryDelay: 100 });
  });

  it('shows the page, runs its scripts and no inline ones', async () => {
    expect(await shell.page.title()).toBe('Station');
    expect(await shell.page.evaluate(() => [window.ranScript, window.ranInline])).toEqual([true, undefined]);
  });

  it('carries calls and events as JSON', async () => {
    expect(
      await shell.page.evaluate(() => window.calcarBridge.call('worklist.list', { search: 'ä' })),
    ).toEqual({
      ok: true,
      value: { name: 'worklist.list', input: { search: 'ä' } },
    });
    for (const listener of listeners) listener({ event: 'worklist-changed' });
    await shell.page.waitForFunction(() => window.heard.length > 0);
    expect(await shell.page.evaluate(() => window.heard)).toEqual([{ event: 'worklist-changed' }]);
  });

  it('carries bytes both ways unchanged', async () => {
    const [length, last, sent] = await shell.page.evaluate(async () => {
      const got = new Uint8Array(await (await fetch('film/x/pixels')).arrayBuffer());
      const body = new File([new Uint8Array(100_000)], 'a.dcm');
      const answer = await fetch('import?name=a%20b.dcm', { method: 'POST', body });
      return [got.length, got.at(-1), await answer.text()] as const;
    });
    expect([length, last]).toEqual([pixels.length, pixels.at(-1)]);
    expect(sent).toBe('import?name=a%20b.dcm 100000');
  });

  it('refuses a film that the pipe cannot carry, and goes on', async () => {
    const [status, kind] = await shell.page.evaluate(async () => {
      const answer = await fetch('film/huge/pixels');
      return [answer.status, ((await answer.json()) as { kind: string }).kind] as const;
    });
    expect([status, kind]).toEqual([413, 'too-large']);
    expect(await shell.page.title()).toBe('Station');
  });

  it('reaches nothing outside', async () => {
    const outcomes = await shell.page.evaluate(async () => {
      const load = (element: HTMLImageElement | HTMLScriptElement, url: string) =>
        new Promise((resolve) => {
          element.onload = () => resolve('loaded');
          element.onerror = () => resolve('refused');
          element.src = url;
          document.head.append(element);
        });
      return [
        await fetch('https://example.org/').catch(() => 'refused'),
        await fetch('http://127.0.0.1:1/').catch(() => 'refused'),
        await fetch('missing.js').then(({ status }) => status),
        await load(new Image(), 'https://example.org/a.png'),
        await load(document.createElement('script'), 'https://example.org/a.js'),
      ];
    });
    expect(outcomes).toEqual(['refused', 'refused', 404, 'refused', 'refused']);
  });

  it('goes to no other page and opens no other window', async () => {
    for (const url of ['https://example.org/', 'https://calcar.invalid/page.js', 'about:blank']) {
      await shell.page.evaluate((target) => {
        location.href = target;
      }, url);
      await shell.page.waitForTimeout(200);
      await shell.page.waitForURL('https://calcar.invalid/');
    }
    await shell.page.evaluate(() => void window.open('https://calcar.invalid/'));
    await expect.poll(() => shell.context.pages().length).toBe(1);
    expect(await shell.page.title()).toBe('Station');
  });

  it('says so when the page crashed, and comes back', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'calcar-shell-'));
    const options = { station, headless: true, userDataDir: folder, readFile: readFileOfPage };
    const opened: Shell[] = [];
    const shown = showShell(options, (each) => opened.push(each));
    await expect.poll(() => opened.length, { timeout: 20_000 }).toBe(1);
    await opened[0]!.page.goto('chrome://crash').catch(() => undefined);
    expect(await opened[0]!.closed).toBe('crashed');
    await expect.poll(() => opened.length, { timeout: 20_000 }).toBe(2);
    expect(await opened[1]!.page.title()).toBe('Station');
    await opened[1]!.page.close();
    await shown;
    await rm(folder, { recursive: true, maxRetries: 5, retryDelay: 100 });
  });

  it.skipIf(process.platform !== 'linux')('listens on no port', async () => {
    const listening = await listeningSockets();
    const sockets = await socketsOfProcessesNaming(userDataDir);
    expect(sockets.length).toBeGreaterThan(0);
    expect(sockets.filter((inode) => listening.has(inode))).toEqual([]);
  });
});

/** Inodes of TCP sockets in state LISTEN (0A), as Linux tells them in /proc/net/tcp. */
async function listeningSockets(): Promise<Set<string>> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  );
  const rows = tables.flatMap((table) => table.split('\n').map((line) => line.trim().split(/\s+/)));
  return new Set(rows.filter((row) => row[3] === '0A').map((row) => row[9]!));
}

async function socketsOfProcessesNaming(text: string): Promise<string[]> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const inodes = processes.map(async (pid) => {
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (!commandLine.includes(text)) return [];
    const handles = await readdir(`/proc/${pid}/fd`).catch(() => []);
    const targets = await Promise.all(
      handles.map((handle) => readlink(`/proc/${pid}/fd/${handle}`).catch(() => '')),
    );
    return targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []);
  });
  return (await Promise.all(inodes)).flat();
}

describe('the search for a browser', () => {
  it('takes installed browsers in order and every folder of PATH', () => {
    const places = browserPlaces({ platform: 'linux', env: { PATH: '/a:/b' } }).map(({ path }) => path);
    expect(places.slice(0, 2)).toEqual(['/a/chromium', '/b/chromium']);
    expect(places).toContain('/b/microsoft-edge');
  });

  it('knows the places on macOS and Windows', () => {
    expect(browserPlaces({ platform: 'darwin', env: {} })).toContainEqual({
      name: 'Chrome',
      path: '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    });
    expect(browserPlaces({ platform: 'win32', env: { PROGRAMFILES: 'C:\\Program Files' } })).toContainEqual({
      name: 'Edge',
      path: 'C:\\Program Files\\Microsoft\\Edge\\Application\\msedge.exe',
    });
  });

  it('takes no other browser when the wished one is not there', async () => {
    const env = { ...process.env, CALCAR_BROWSER: '/no/such/browser' };
    expect(await findBrowser({ platform: process.platform, env })).toBeNull();
  });
});
