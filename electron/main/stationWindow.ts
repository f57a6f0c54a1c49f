import { fileURLToPath } from 'node:url';
import { BrowserWindow, dialog, type Session } from 'electron';
import { appOrigin } from '../contract/security.ts';
import type { Station } from '../contract/station.ts';
import { forwardEvents } from './stationIpc.ts';

/** Sandboxed preloads are CommonJS; build/bundle.ts makes this one from electron/preload. */
const preload = fileURLToPath(new URL('../preload/preload.cjs', import.meta.url));
/** A page that dies this often is not brought back: the reason is not chance. */
const mostCrashes = 3;

/** Opens the station's one window. */
export function openStationWindow(session: Session, station: Station): BrowserWindow {
  const window = new BrowserWindow({
    width: 1600,
    height: 1000,
    minWidth: 960,
    minHeight: 640,
    show: false,
    title: 'Calcar',
    // The room is dark: a window that opens white blinds for seconds.
    backgroundColor: '#000000',
    webPreferences: {
      session,
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      navigateOnDragDrop: false,
    },
  });
  const stopEvents = forwardEvents(window.webContents, station);
  window.once('ready-to-show', () => {
    window.show();
  });
  window.on('closed', stopEvents);
  bringBackAfterCrash(window);
  void window.loadURL(`${appOrigin}/`);
  return window;
}

function bringBackAfterCrash(window: BrowserWindow): void {
  let crashes = 0;
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return;
    crashes += 1;
    if (crashes < mostCrashes) {
      window.webContents.reload();
      return;
    }
    dialog.showErrorBox(
      'The window of Calcar crashed again and again',
      'It is closed now. Every saved read is safe, and an unfinished one comes back from its draft. Start Calcar again; if it happens once more, run calcar doctor.',
    );
    window.destroy();
  });
}
