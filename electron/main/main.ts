/** Electron's main process: opens the station, shows it in one window, closes it before the end. */
import { join } from 'node:path';
import { app, dialog, session as sessions, type BrowserWindow } from 'electron';
import { toWireError } from '../contract/errors.ts';
import { defaultDataFolder } from '../station/dataFolder.ts';
import { openStation, type OpenStation } from '../station/openStation.ts';
import { registerAppScheme, serveApp } from './appProtocol.ts';
import { guardContents, guardSession } from './guards.ts';
import { installMenu } from './menu.ts';
import { answerCalls } from './stationIpc.ts';
import { openStationWindow } from './stationWindow.ts';
import { spawnUtilityCompute } from './utilityCompute.ts';
import { startUtilityEvaluation } from './utilityEvaluation.ts';
import { startUtilityTrainer } from './utilityTrainer.ts';

registerAppScheme();
app.enableSandbox();
app.setPath('userData', join(defaultDataFolder(), 'window'));
app.commandLine.appendSwitch('disable-background-networking');
// Nothing leaves this machine: every name but the page's own fails to resolve.
app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND');

if (app.requestSingleInstanceLock()) start();
else app.quit();

function start(): void {
  let window: BrowserWindow | null = null;
  let station: OpenStation | null = null;
  let isClosing = false;

  app.on('web-contents-created', (_event, contents) => {
    guardContents(contents);
  });
  app.on('second-instance', () => {
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });
  app.on('window-all-closed', () => {
    app.quit();
  });
  app.on('before-quit', (event) => {
    if (station === null) return;
    // What is being written is finished first; the second time there is nothing left to wait for.
    event.preventDefault();
    if (isClosing) return;
    isClosing = true;
    void station.close().finally(() => {
      app.exit(0);
    });
  });

  const open = async () => {
    await app.whenReady();
    installMenu({ isMac: process.platform === 'darwin', isPackaged: app.isPackaged });
    station = await openStation({
      door: 'the Calcar window',
      spawnCompute: spawnUtilityCompute,
      startTrainer: startUtilityTrainer,
      startEvaluation: startUtilityEvaluation,
    });
    // Without a name that starts with 'persist:' a session lives in memory: no film stays in a browser cache.
    const session = sessions.fromPartition('station', { cache: false });
    guardSession(session);
    serveApp(session, station);
    answerCalls(station);
    window = openStationWindow(session, station);
  };
  open().catch((error: unknown) => {
    dialog.showErrorBox('Calcar cannot open', toWireError(error).sentence);
    app.exit(1);
  });
}
