import type { Session, WebContents } from 'electron';
import { appOrigin, isOwnPage } from '../contract/security.ts';

/** Denies a session everything but its own origin: other addresses, permissions, devices, downloads. */
export function guardSession(session: Session): void {
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    // `blob:` and `data:` pictures are made by the page itself.
    const isOwn = url.startsWith(`${appOrigin}/`) || url.startsWith(`blob:${appOrigin}/`);
    answer({ cancel: !isOwn && !url.startsWith('data:image/') && !url.startsWith('devtools:') });
  });
  session.setPermissionRequestHandler((_contents, _permission, answer) => {
    answer(false);
  });
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event) => {
    event.preventDefault();
  });
}

/** Keeps a page where it is: no other page, no other window, nothing embedded. */
export function guardContents(contents: WebContents): void {
  const stay = (event: { readonly url: string; preventDefault(): void }) => {
    if (!isOwnPage(appOrigin, event.url)) event.preventDefault();
  };
  contents.on('will-navigate', stay);
  contents.on('will-redirect', stay);
  contents.on('will-frame-navigate', stay);
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
  });
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}
