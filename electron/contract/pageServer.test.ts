import { describe, expect, it } from 'vitest';
import { wireError } from './errors.ts';
import { createPageServer } from './pageServer.ts';
import { appOrigin, contentSecurityPolicy } from './security.ts';
import type { Station } from './station.ts';

const station: Station = {
  call: () => Promise.resolve({ ok: true, value: null }),
  asset: (method, path, body) =>
    Promise.resolve({
      status: method === 'POST' ? 422 : 200,
      contentType: 'text/plain',
      bytes: new TextEncoder().encode(`${method} ${path} ${String(body?.length)}`),
    }),
  subscribe: () => () => undefined,
  close: () => Promise.resolve(),
};
const asked: string[] = [];
const server = createPageServer({
  origin: appOrigin,
  station,
  readFile: (path) => {
    asked.push(path);
    return Promise.resolve(path === 'index.html' ? new TextEncoder().encode('<!doctype html>') : null);
  },
});
const ask = async (url: string, method = 'GET', body = new Uint8Array(5)) => {
  const { status, headers, bytes } = await server(method, url, () => Promise.resolve(body));
  return { status, headers, text: new TextDecoder().decode(bytes) };
};

describe('the page server', () => {
  it('gives files with their type and every security header', async () => {
    const { status, headers, text } = await ask(`${appOrigin}/`);
    expect([status, text]).toEqual([200, '<!doctype html>']);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toBe(contentSecurityPolicy);
  });

  it('hands assets to the station with status, query and body, and no body to a GET', async () => {
    expect(await ask(`${appOrigin}/film/ab/pixels`)).toMatchObject({
      status: 200,
      text: 'GET film/ab/pixels undefined',
    });
    expect(await ask(`${appOrigin}/import?name=a.dcm`, 'POST')).toMatchObject({
      status: 422,
      text: 'POST import?name=a.dcm 5',
    });
  });

  it('answers what it refuses with a typed error, and looks for no file', async () => {
    asked.length = 0;
    for (const [url, method, status] of [
      ['https://example.org/', 'GET', 403],
      [`${appOrigin}/../secret.html`, 'GET', 404],
      [`${appOrigin}/install.sh`, 'GET', 404],
      [`${appOrigin}/index.html`, 'PUT', 405],
    ] as const) {
      const answer = await ask(url, method);
      expect(answer.status).toBe(status);
      expect(wireError.safeParse(JSON.parse(answer.text)).success).toBe(true);
    }
    expect(asked).toEqual([]);
  });
});
