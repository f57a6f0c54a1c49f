import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assetRoutes } from './api.ts';
import {
  appOrigin,
  contentSecurityPolicy,
  contentTypeOf,
  isOwnPage,
  isTrustedSender,
  routePageRequest,
  securityHeaders,
  shellOrigin,
} from './security.ts';

const route = (url: string, method = 'GET') => routePageRequest(shellOrigin, method, url);

describe('where a page may go', () => {
  it('gives the page for the bare origin and files by plain names', () => {
    expect(route(`${shellOrigin}/`)).toEqual({ kind: 'file', path: 'index.html' });
    expect(route(`${shellOrigin}/#film`)).toEqual({ kind: 'file', path: 'index.html' });
    expect(route(`${shellOrigin}/assets/index-B3_x.js?v=1`)).toEqual({
      kind: 'file',
      path: 'assets/index-B3_x.js',
    });
  });

  it('hands every asset route of the contract to the station with its query', () => {
    const hash = 'a'.repeat(64);
    for (const path of [assetRoutes.pixels(hash), assetRoutes.thumbnail(hash), assetRoutes.saliency(hash, 1)])
      expect(route(`${shellOrigin}/${path}`)).toEqual({ kind: 'asset', method: 'GET', path });
    const slice = assetRoutes.labSlice(hash, 'axial', 12, 'bone');
    expect(route(`${shellOrigin}/${slice}`)).toEqual({ kind: 'asset', method: 'GET', path: slice });
    const path = assetRoutes.import('hüft/../é 1.dcm');
    expect(route(`${shellOrigin}/${path}`, 'POST')).toEqual({ kind: 'asset', method: 'POST', path });
  });

  it.each([
    'https://calcar.invalid.example.org/',
    'https://calcar.invalid@example.org/',
    'http://calcar.invalid/',
    'file:///etc/passwd',
    'data:text/html,hello',
    'https://calcar.invalid',
  ])('refuses another origin: %s', (url) => {
    expect(route(url)).toEqual({ kind: 'refused', status: 403 });
  });

  it.each(['../x', 'a/../../x', '%2e%2e/x', 'a%2fb', '..%5cx', 'a\\b', '/etc/passwd', '.git/config', 'a//b'])(
    'refuses a path that could climb out: %s',
    (path) => {
      expect(route(`${shellOrigin}/${path}`)).toEqual({ kind: 'refused', status: 404 });
    },
  );

  it('never gives a file path with an empty, hidden or parent part, whatever is asked', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('.', '/', '\\', '%', '2', 'e', 'a', '?', '~') }),
        (tail) => {
          const answer = route(`${shellOrigin}/${tail}`);
          if (answer.kind !== 'file') return;
          for (const part of answer.path.split('/')) expect(part).toMatch(/^[^.\\%]/);
        },
      ),
    );
  });

  it('refuses methods that change things', () => {
    expect(route(`${shellOrigin}/index.html`, 'POST')).toEqual({ kind: 'refused', status: 405 });
    expect(route(`${shellOrigin}/film/x/pixels`, 'DELETE')).toEqual({ kind: 'refused', status: 405 });
  });

  it('knows its own page', () => {
    expect(isOwnPage(shellOrigin, `${shellOrigin}/?film=1#a`)).toBe(true);
    expect(isOwnPage(shellOrigin, `${shellOrigin}/film/x/pixels`)).toBe(false);
    expect(isOwnPage(shellOrigin, 'https://example.org/')).toBe(false);
  });
});

describe('who may call the station', () => {
  const url = `${appOrigin}/`;
  it('is the main frame of its own page and nobody else', () => {
    expect(isTrustedSender(appOrigin, { url, parent: null })).toBe(true);
    expect(isTrustedSender(appOrigin, { url, parent: {} })).toBe(false);
    expect(isTrustedSender(appOrigin, { url: 'https://example.org/', parent: null })).toBe(false);
    expect(isTrustedSender(appOrigin, null)).toBe(false);
  });
});

describe('what every answer carries', () => {
  it('forbids inline code, eval, frames and other origins', () => {
    expect(contentSecurityPolicy).toContain("default-src 'none'");
    expect(contentSecurityPolicy).not.toMatch(/unsafe|\*|https?:/);
    expect(securityHeaders('text/html')['x-content-type-options']).toBe('nosniff');
  });

  it('has no content type for what the renderer does not serve', () => {
    expect(contentTypeOf('assets/index.js')).toBe('text/javascript; charset=utf-8');
    expect(contentTypeOf('install.sh')).toBeNull();
  });
});
