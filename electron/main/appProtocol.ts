import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { protocol, type Session } from 'electron';
import { createPageServer } from '../contract/pageServer.ts';
import { appOrigin, appScheme } from '../contract/security.ts';
import type { Station } from '../contract/station.ts';

const rendererFolder = fileURLToPath(new URL('../../dist/renderer', import.meta.url));

/** Makes `calcar:` a standard, secure scheme with an origin of its own. Before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
  ]);
}

/** Answers the page's requests from the station and from the built renderer. */
export function serveApp(session: Session, station: Station): void {
  const server = createPageServer({
    origin: appOrigin,
    station,
    readFile: (path) => readFile(join(rendererFolder, path)).catch(() => null),
  });
  session.protocol.handle(appScheme, async (request) => {
    const { status, headers, bytes } = await server(
      request.method,
      request.url,
      async () => new Uint8Array(await request.arrayBuffer()),
    );
    return new Response(new Uint8Array(bytes), { status, headers });
  });
}
