import type { BrowserContext, Page } from 'playwright-core';
import { isOwnPage, shellOrigin } from '../contract/security.ts';
import type { StationBridge } from '../contract/api.ts';
import type { Station } from '../contract/station.ts';

interface BridgeWindow extends Window {
  calcarCall?: (name: string, input: unknown) => Promise<unknown>;
  calcarEvent?: (event: unknown) => void;
  calcarBridge?: StationBridge;
}

/** Gives every page of the context `window.calcarBridge`; only the station's own page gets answers. */
export async function installBridge(context: BrowserContext, station: Station): Promise<void> {
  await context.exposeBinding('calcarCall', ({ frame, page }, name: unknown, input: unknown) => {
    if (frame !== page.mainFrame() || !isOwnPage(shellOrigin, frame.url()))
      throw new Error('Only the page of the station may call it.');
    return station.call(String(name), input);
  });
  await context.addInitScript(makeBridge);
}

/** Runs in the page, before any script of its own. Must not refer to anything outside itself. */
function makeBridge(): void {
  const page = window as BridgeWindow;
  const call = page.calcarCall;
  if (call === undefined) return;
  const listeners = new Set<(event: unknown) => void>();
  const bridge: StationBridge = Object.freeze({
    call: (name: string, input: unknown) => call(name, input),
    subscribe: (listener: (event: unknown) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  });
  Object.defineProperty(page, 'calcarBridge', { value: bridge });
  Object.defineProperty(page, 'calcarEvent', {
    value: (event: unknown) => listeners.forEach((listener) => listener(event)),
  });
}

/** Passes every event of the station to the page until the returned function is called. */
export function forwardEvents(page: Page, station: Station): () => void {
  return station.subscribe((event) => {
    page
      .evaluate((value) => (window as BridgeWindow).calcarEvent?.(value), event)
      // A page that is closing or loading hears nothing; it asks for the whole state when it is there.
      .catch(() => undefined);
  });
}
