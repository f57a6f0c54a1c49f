import { join } from 'node:path';
import { CalcarError } from '../../contract/errors.ts';
import type { CallInput } from '../../contract/api.ts';
import type { LabBatch, LabPictureRequest, LabSetup, LabVolume } from '../../contract/lab.ts';
import type { ImportOutcome } from '../../contract/reads.ts';
import { filmToDicom, type FilmAbout } from '../../learning/simulation/filmDicom.ts';
import { importFilm } from '../importFilms.ts';
import type { Context } from '../context.ts';
import { Batches, type RunBatch } from './batches.ts';
import { openLabVolume, type LabVolumeInMemory } from './openLabVolume.ts';
import { centreOf, reachesBeyond } from './picture.ts';
import type { MadePicture } from './pictureMaker.ts';
import { describe, VolumeStore, type StoredVolume } from './volumeStore.ts';
import { runVolumeTask } from './volumeJob.ts';
import type { VolumeTask } from './volumeWorker.ts';
import { Uploads } from './uploads.ts';

/** The DRR lab's use cases: volumes, slices, pictures, films for the worklist, batches. */
export class Lab {
  readonly uploads: Uploads;
  readonly batches: Batches;
  private readonly context: Context;
  private readonly readLater: (imageHash: string) => void;
  private readonly store: VolumeStore;
  /** One volume is in memory at a time. */
  private current: { readonly hash: string; readonly opening: Promise<LabVolumeInMemory> } | null = null;
  private task: AbortController | null = null;

  constructor(context: Context, readLater: (imageHash: string) => void, run: RunBatch) {
    this.context = context;
    this.readLater = readLater;
    this.store = new VolumeStore(join(context.folder.path, 'volumes'));
    this.uploads = new Uploads(join(context.folder.path, 'uploads'));
    this.batches = new Batches({
      folder: join(context.folder.path, 'batches'),
      run,
      log: context.log,
      changed: (batch) => context.emit({ event: 'lab-batch', batch }),
    });
  }

  /** Makes the lab's folders and clears away what a killed station left. */
  async prepare(): Promise<void> {
    await Promise.all([this.store.prepare(), this.uploads.prepare(), this.batches.prepare()]);
  }

  volumes(): Promise<LabVolume[]> {
    return this.store.list();
  }

  /** @throws CalcarError as `VolumeStore.load` */
  async open(hash: string): Promise<LabVolume> {
    await this.opening(hash);
    return describe(await this.store.header(hash));
  }

  /** Lets the volume's memory go. */
  async letGo(): Promise<void> {
    const { current } = this;
    this.current = null;
    await (await current?.opening.catch(() => null))?.close();
  }

  /** @throws CalcarError of `openVolume`; 'cancelled' */
  async add({ upload, name }: CallInput<'lab.addVolume'>): Promise<LabVolume> {
    try {
      const path = await this.uploads.whatToOpen(upload);
      return await this.run({ kind: 'add', path, name: name.trim() || 'CT' });
    } finally {
      await this.uploads.forget(upload);
    }
  }

  buildPhantom(request: CallInput<'lab.newPhantom'>): Promise<LabVolume> {
    return this.run({ kind: 'phantom', request });
  }

  async cancel(upload: string | undefined): Promise<void> {
    this.task?.abort();
    if (upload !== undefined) await this.uploads.forget(upload);
  }

  async placeHip({ volume, side, head }: CallInput<'lab.placeHip'>): Promise<LabVolume> {
    const hip =
      head === null
        ? null
        : ({ state: 'here', by: 'person', headCentre: head.centre, headRadius: head.radius } as const);
    const changed = await this.store.placeHip(volume, side, hip);
    this.context.emit({ event: 'lab-volumes-changed' });
    return changed;
  }

  /** The open volume's memory. @throws CalcarError 'not-found' when it is not the open one */
  async inMemory(hash: string): Promise<LabVolumeInMemory> {
    if (this.current?.hash !== hash)
      throw new CalcarError('not-found', 'This volume is not open any more. Choose it in the list.');
    return this.current.opening;
  }

  /** @throws CalcarError 'cancelled' when a newer picture was asked for; as `PictureMaker.make` */
  async picture(
    hash: string,
    { setup, resolution }: LabPictureRequest,
  ): Promise<MadePicture & { readonly beyondScan: boolean }> {
    const [memory, stored] = await Promise.all([this.inMemory(hash), this.store.header(hash)]);
    const about = describe(stored);
    const centre = centreOf(about, setup.view);
    const made = await memory.picture({ setup, resolution, centre });
    return { ...made, beyondScan: reachesBeyond(about.frame, setup, centre) };
  }

  /** Takes the film at full size and imports it as any other film. */
  async send(hash: string, setup: LabSetup): Promise<ImportOutcome> {
    const [memory, stored] = await Promise.all([this.inMemory(hash), this.store.header(hash)]);
    const centre = centreOf(describe(stored), setup.view);
    const made = await memory.picture({ setup, resolution: 'full', centre }, true);
    const bytes = filmToDicom(made.film, aboutFilm(stored, setup, made, this.context.version));
    const outcome = await importFilm(this.context, bytes, `lab-${hash.slice(0, 8)}-${setup.view}.dcm`);
    if (outcome.state === 'imported') this.readLater(outcome.imageHash);
    return outcome;
  }

  /** @throws CalcarError 'not-found' for a volume without a hip; as `Batches.start` */
  async startBatch({ volume, views, seed, style }: CallInput<'lab.startBatch'>): Promise<LabBatch> {
    const { name, hips } = describe(await this.store.header(volume));
    const here = [hips.left, hips.right].filter(({ state }) => state === 'here').length;
    if (here === 0)
      throw new CalcarError(
        'not-found',
        'Neither hip of this volume is marked, so there is nothing to take films of. Mark a femoral head on the slices.',
      );
    return this.batches.start({ volume, volumeName: name, views, of: views * here, seed, style });
  }

  /** Stops what would keep the station from closing. */
  stop(): void {
    this.task?.abort();
  }

  async close(): Promise<void> {
    this.stop();
    await this.batches.close();
    await this.letGo();
  }

  private opening(hash: string): Promise<LabVolumeInMemory> {
    if (this.current?.hash === hash) return this.current.opening;
    const before = this.letGo();
    const opening = before.then(() => openLabVolume(this.store.folder, hash));
    const mine = { hash, opening };
    this.current = mine;
    opening.catch(() => {
      if (this.current === mine) this.current = null;
    });
    return opening;
  }

  private async run(task: VolumeTask): Promise<LabVolume> {
    if (this.task !== null)
      throw new CalcarError(
        'invalid-input',
        'Another volume is being prepared. Wait until it is done, or stop it first.',
      );
    const stop = new AbortController();
    this.task = stop;
    const job = task.kind;
    try {
      const volume = await runVolumeTask(this.store.folder, task, {
        signal: stop.signal,
        report: ({ done, of, label }) => this.context.emit({ event: 'lab-progress', job, done, of, label }),
      });
      this.context.emit({ event: 'lab-volumes-changed' });
      return volume;
    } finally {
      this.task = null;
    }
  }
}

/** What the film's file says of it. The name that a person gave the CT stays here: it may be a patient's. */
function aboutFilm(stored: StoredVolume, setup: LabSetup, made: MadePicture, software: string): FilmAbout {
  const { about } = stored;
  const short = about.volume.slice(0, 8);
  return {
    geometry: made.geometry,
    patient: { id: `LAB-${short}`, sex: null, ageYears: null },
    view: setup.view,
    source: {
      kind: 'volume',
      name: about.kind === 'phantom' ? about.name : `CT ${short}`,
      sha256: about.volume,
      parameters: { setup },
    },
    software,
    studyDate: new Date().toISOString().slice(0, 10).replaceAll('-', ''),
  };
}
