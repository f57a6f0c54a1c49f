import { ipcMain, type WebContents } from 'electron';
import { appOrigin, ipcChannels, isTrustedSender } from '../contract/security.ts';
import type { Station } from '../contract/station.ts';

/** Answers the preload's calls from the station; a call from any other frame than the station's page fails. */
export function answerCalls(station: Station): void {
  ipcMain.handle(ipcChannels.call, ({ senderFrame }, name: unknown, input: unknown) => {
    if (!isTrustedSender(appOrigin, senderFrame))
      throw new Error('Only the page of the station may call it.');
    return station.call(String(name), input);
  });
}

/** Passes every event of the station to the page until the returned function is called. */
export function forwardEvents(contents: WebContents, station: Station): () => void {
  return station.subscribe((event) => {
    if (!contents.isDestroyed()) contents.send(ipcChannels.event, event);
  });
}
