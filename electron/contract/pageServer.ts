import type { WireError } from './errors.ts';
import { contentTypeOf, routePageRequest, securityHeaders } from './security.ts';
import type { Station } from './station.ts';

export interface PageAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly bytes: Uint8Array;
}

export interface PageServerOptions {
  readonly origin: string;
  readonly station: Station;
  /** A file of the built renderer; null when there is none of that name. */
  readonly readFile: (path: string) => Promise<Uint8Array | null>;
}

export type PageServer = (
  method: string,
  url: string,
  body: () => Promise<Uint8Array>,
) => Promise<PageAnswer>;

/** Answers everything that a page may ask for, with the headers of `security.ts` on every answer. */
export function createPageServer({ origin, station, readFile }: PageServerOptions): PageServer {
  return async (method, url, body) => {
    const request = routePageRequest(origin, method, url);
    switch (request.kind) {
      case 'refused':
        return refusal(request.status);
      case 'asset': {
        const bytes = request.method === 'POST' ? await body() : undefined;
        const answer = await station.asset(request.method, request.path, bytes);
        return { status: answer.status, headers: securityHeaders(answer.contentType), bytes: answer.bytes };
      }
      case 'file': {
        const contentType = contentTypeOf(request.path);
        const bytes = contentType === null ? null : await readFile(request.path);
        if (contentType === null || bytes === null) return refusal(404);
        return { status: 200, headers: securityHeaders(contentType), bytes };
      }
    }
  };
}

function refusal(status: 403 | 404 | 405): PageAnswer {
  const error: WireError =
    status === 404
      ? { kind: 'not-found', sentence: 'The station has no file of that name.' }
      : { kind: 'invalid-input', sentence: 'The station does not answer requests of this kind.' };
  return {
    status,
    headers: securityHeaders('application/json'),
    // Both sentences are ASCII, where a character is a byte.
    bytes: Uint8Array.from(JSON.stringify(error), (character) => character.charCodeAt(0)),
  };
}
