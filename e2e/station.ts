import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base } from '@playwright/test';
import type { Page } from 'playwright-core';
import type { CallInput, CallName, CallOutput } from '../electron/contract/api.ts';
import { api } from '../electron/contract/api.ts';
import { forkCompute } from '../electron/compute/childPort.ts';
import type { Shell } from '../electron/shell/openShell.ts';
import { openShell } from '../electron/shell/openShell.ts';
import type { OpenStation } from '../electron/station/openStation.ts';
import { openStation } from '../electron/station/openStation.ts';
import type { FilmKey } from './films.ts';
import { films } from './films.ts';
import { ReadingRoom } from './readingRoom.ts';

/** A station of its own in a folder of its own, with its window. */
export class RunningStation {
  readonly home: string;
  private station: OpenStation | null = null;
  private shell: Shell | null = null;
  private computePid: number | undefined;
  /** What the page complained of: errors of its scripts, of its policy, of its requests. */
  readonly complaints: string[] = [];

  constructor(home: string) {
    this.home = home;
  }

  async open(): Promise<void> {
    this.station = await openStation({
      dataDir: join(this.home, 'data'),
      spawnCompute: (args) => {
        const port = forkCompute(args);
        this.computePid = port.pid;
        return port;
      },
    });
    this.shell = await openShell({
      station: this.station,
      headless: true,
      userDataDir: join(this.home, 'browser'),
    });
    this.page.on('pageerror', (error) => this.complaints.push(String(error)));
    this.page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
    // A window of the size of a small reading screen; reloaded, so that nothing of its first moment is missed.
    await this.page.setViewportSize({ width: 1440, height: 900 });
    await this.page.reload();
    await this.room.worklist.waitFor();
  }

  async close(): Promise<void> {
    await this.shell?.close();
    await this.station?.close();
    this.shell = null;
    this.station = null;
  }

  /** Closes window and station and opens both again on the same folder. */
  async restart(): Promise<void> {
    await this.close();
    await this.open();
  }

  get page(): Page {
    if (this.shell === null) throw new Error('The station is closed.');
    return this.shell.page;
  }

  get room(): ReadingRoom {
    return new ReadingRoom(this.page);
  }

  /** Kills the tensor process as the system would when memory runs out. */
  killCompute(): void {
    if (this.computePid !== undefined) process.kill(this.computePid, 'SIGKILL');
  }

  /** Asks the station itself, past the page. */
  async call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
    const reply = await this.station?.call(name, input);
    if (reply?.ok !== true) throw new Error(`${name} was refused: ${JSON.stringify(reply)}`);
    return api[name].output.parse(reply.value) as CallOutput<N>;
  }

  /** The film as the worklist knows it. */
  async row(film: FilmKey): Promise<CallOutput<'worklist.list'>[number]> {
    const rows = await this.call('worklist.list', {});
    const found = rows.find((row) => row.fileName === films[film].file);
    if (found === undefined) throw new Error(`${films[film].file} is not in the worklist.`);
    return found;
  }
}

export const test = base.extend<{ station: RunningStation }>({
  // Playwright reads a fixture's needs from this pattern, so it has to be there and may be empty.
  // eslint-disable-next-line no-empty-pattern -- see above
  station: async ({}, use, info) => {
    const home = await mkdtemp(join(tmpdir(), 'calcar-e2e-'));
    const station = new RunningStation(home);
    await station.open();
    await use(station);
    if (info.status !== info.expectedStatus) {
      await info.attach('window', { body: await station.page.screenshot(), contentType: 'image/png' });
    }
    await station.close();
    await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  },
});
export { expect } from '@playwright/test';
