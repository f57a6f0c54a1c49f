import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A browser that can show the station. */
export interface Browser {
  /** For a person: 'Chromium at /usr/bin/chromium'. */
  readonly name: string;
  readonly executablePath: string;
  /** Cannot open a window, only draw into memory. */
  readonly headlessOnly: boolean;
}

interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const onPath = {
  Chromium: ['chromium', 'chromium-browser'],
  Chrome: ['google-chrome', 'google-chrome-stable'],
  Edge: ['microsoft-edge', 'microsoft-edge-stable'],
};
const macApplications = { Chromium: 'Chromium', Chrome: 'Google Chrome', Edge: 'Microsoft Edge' };
const windowsPrograms = {
  Chromium: 'Chromium\\Application\\chrome.exe',
  Chrome: 'Google\\Chrome\\Application\\chrome.exe',
  Edge: 'Microsoft\\Edge\\Application\\msedge.exe',
};

/** Where browsers of Chromium's family are installed on this kind of machine, in the order in which they are tried. */
export function browserPlaces({ platform, env }: Surroundings): { name: string; path: string }[] {
  switch (platform) {
    case 'darwin':
      return Object.entries(macApplications).flatMap(([name, application]) =>
        ['', env['HOME'] ?? ''].map((home) => ({
          name,
          path: `${home}/Applications/${application}.app/Contents/MacOS/${application}`,
        })),
      );
    case 'win32':
      return Object.entries(windowsPrograms).flatMap(([name, program]) =>
        ['LOCALAPPDATA', 'PROGRAMFILES', 'PROGRAMFILES(X86)'].flatMap((folder) => {
          const start = env[folder];
          return start === undefined ? [] : [{ name, path: `${start}\\${program}` }];
        }),
      );
    default: {
      const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
      return Object.entries(onPath).flatMap(([name, commands]) =>
        commands.flatMap((command) => folders.map((folder) => ({ name, path: join(folder, command) }))),
      );
    }
  }
}

/**
 * The browser to use: CALCAR_BROWSER, else the first installed one, else the one that npm carries for tests
 * (`@sparticuz/chromium`, Linux, headless only). Null when there is none.
 */
export async function findBrowser(
  surroundings: Surroundings = { platform: process.platform, env: process.env },
): Promise<Browser | null> {
  const wished = surroundings.env['CALCAR_BROWSER'];
  if (wished !== undefined && wished !== '')
    return isExecutable(wished)
      ? { name: `browser at ${wished}`, executablePath: wished, headlessOnly: false }
      : null;
  const installed = browserPlaces(surroundings).find(({ path }) => isExecutable(path));
  if (installed !== undefined)
    return {
      name: `${installed.name} at ${installed.path}`,
      executablePath: installed.path,
      headlessOnly: false,
    };
  return carriedBrowser(surroundings.platform);
}

async function carriedBrowser(platform: NodeJS.Platform): Promise<Browser | null> {
  if (platform !== 'linux') return null;
  try {
    // A dev dependency: absent where Calcar is installed for use.
    const { default: chromium } = await import('@sparticuz/chromium');
    const executablePath = await chromium.executablePath();
    return { name: 'Chromium from npm', executablePath, headlessOnly: true };
  } catch {
    return null;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
