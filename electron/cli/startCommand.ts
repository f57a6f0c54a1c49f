import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { CalcarError } from '../contract/errors.ts';
import { findBrowser } from '../shell/browser.ts';
import { showShell } from '../shell/showShell.ts';
import { defaultDataFolder } from '../station/dataFolder.ts';
import { electronBinary } from '../station/doctor.ts';
import { openStation } from '../station/openStation.ts';
import { runDemo } from './demo.ts';
import type { ExitCode } from './exitCodes.ts';
import { exitCodes } from './exitCodes.ts';
import { print, tell } from './output.ts';

const bundler = fileURLToPath(new URL('../../build/bundle.ts', import.meta.url));
const app = fileURLToPath(new URL('../../dist/app', import.meta.url));

export const startCommand = new Command('start')
  .description(
    'open the station: in its own window, else in an installed browser, else a demo in the terminal',
  )
  .addHelpText(
    'after',
    `
Electron's window is used where its binary was installed, else an installed Chromium, Chrome or Edge
(CALCAR_BROWSER names another). Without a display the simulated demo cohort is read in the terminal.`,
  )
  .action(async () => {
    process.exitCode = await start();
  });

async function start(): Promise<ExitCode> {
  if (hasDisplay()) {
    const electron = electronBinary();
    if (electron !== null) return openWindow(electron);
    const browser = await findBrowser();
    if (browser !== null && !browser.headlessOnly) {
      tell(`Electron is not installed here, so the station opens in ${browser.name}.`);
      return openBrowser();
    }
    tell(
      'Neither Electron nor Chromium, Chrome or Edge is installed here, so there is no window. ' +
        'Install one of them (Debian: apt install chromium). Meanwhile the demo films are read in the terminal.',
    );
  } else tell('There is no display here, so the demo films are read in the terminal.');
  const code = await runDemo({ patients: 4 });
  print('\nRead your own films with: npm run calcar -- read FILES');
  return code;
}

/** A screen to open a window on. On macOS and Windows there always is one. */
export function hasDisplay(
  platform: NodeJS.Platform = process.platform,
  environment: NodeJS.ProcessEnv = process.env,
): boolean {
  if (platform === 'darwin' || platform === 'win32') return true;
  return Boolean(environment['DISPLAY'] || environment['WAYLAND_DISPLAY']);
}

/** Electron runs JavaScript only, so the app is made from the sources first. */
async function openWindow(electron: string): Promise<ExitCode> {
  tell('Preparing the window.');
  if ((await ended(process.execPath, [bundler])) !== 0)
    throw new CalcarError(
      'internal',
      'The app could not be made from its sources. Run npm ci, then npm start.',
    );
  return (await ended(electron, [app])) === 0 ? exitCodes.done : exitCodes.internal;
}

/** Runs a program in this terminal; resolves with its exit code, null when a signal ended it. */
function ended(program: string, words: readonly string[]): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: 'inherit' });
    child.on('error', (error) => {
      reject(new CalcarError('internal', `This could not be started: ${program}. Run calcar doctor.`, error));
    });
    child.on('exit', resolve);
  });
}

async function openBrowser(): Promise<ExitCode> {
  const station = await openStation({ door: 'the Calcar window' });
  try {
    const userDataDir = join(defaultDataFolder(), 'browser');
    await showShell({ station, headless: false, userDataDir });
    return exitCodes.done;
  } finally {
    await station.close();
  }
}
