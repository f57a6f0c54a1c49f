/**
 * What a page of Calcar may ask for and where it may go, as pure functions that Electron's door and the
 * shell share. A page has one origin, everything under it is answered from memory or disk, and nothing
 * else exists.
 */

/** The page's origin in the shell; `.invalid` is reserved (RFC 2606), so no name server can know it. */
export const shellOrigin = 'https://calcar.invalid';
/** The page's origin under Electron: a privileged custom protocol. */
export const appScheme = 'calcar';
export const appOrigin = `${appScheme}://app`;

export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Headers of every answer. Nothing is cached: a film must not outlive the station in a browser profile. */
export function securityHeaders(contentType: string): Record<string, string> {
  return {
    'content-type': contentType,
    'content-security-policy': contentSecurityPolicy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  };
}

export type PageRequest =
  | { readonly kind: 'asset'; readonly method: 'GET' | 'POST'; readonly path: string }
  /** A file of the built renderer: relative, with `/` between its parts. */
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'refused'; readonly status: 403 | 404 | 405 };

const plainFilePath = /^(?:[A-Za-z0-9_@-][A-Za-z0-9._@-]*\/)*[A-Za-z0-9_@-][A-Za-z0-9._@-]*$/;
const assetPath = /^(?:film\/|lab\/|import(?:\?|$))/;

/**
 * Where a request of the page goes. Assets (`film/…`, `lab/…`, `import…`) go to the station with their query;
 * everything else names a file of the renderer by plain letters only, so no spelling climbs out of it.
 */
export function routePageRequest(origin: string, method: string, url: string): PageRequest {
  if (!url.startsWith(`${origin}/`)) return { kind: 'refused', status: 403 };
  const whole = url.slice(origin.length + 1).split('#', 1)[0]!;
  if (assetPath.test(whole)) {
    if (method !== 'GET' && method !== 'POST') return { kind: 'refused', status: 405 };
    return { kind: 'asset', method, path: whole };
  }
  if (method !== 'GET') return { kind: 'refused', status: 405 };
  const path = whole.split('?', 1)[0]!;
  if (path === '') return { kind: 'file', path: 'index.html' };
  return plainFilePath.test(path) ? { kind: 'file', path } : { kind: 'refused', status: 404 };
}

/** True for the station's own page, the only one that may be shown, reloaded or listened to. */
export function isOwnPage(origin: string, url: string): boolean {
  const page = url.split(/[?#]/, 1)[0];
  return page === `${origin}/` || page === `${origin}/index.html`;
}

/** A frame that sent a message, as Electron describes it. */
interface SendingFrame {
  readonly url: string;
  /** Null for a page's main frame. */
  readonly parent: object | null;
}

/** True for the main frame of the station's own page; frames that are gone or embedded are not listened to. */
export function isTrustedSender(origin: string, frame: SendingFrame | null): boolean {
  return frame !== null && frame.parent === null && isOwnPage(origin, frame.url);
}

const contentTypes: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
  woff2: 'font/woff2',
  wasm: 'application/wasm',
};

/** Content type of a renderer file by its ending; null for an ending that the renderer has no business with. */
export function contentTypeOf(path: string): string | null {
  return contentTypes[path.slice(path.lastIndexOf('.') + 1)] ?? null;
}

/** Channels between Electron's preload and main. */
export const ipcChannels = { call: 'calcar:call', event: 'calcar:event' } as const;
