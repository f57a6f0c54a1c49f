import { driftSignals, patientValue, type WatchedFilm } from '../contract/driftSignals.ts';
import type { DriftReport, DriftSignal } from '../contract/drift.ts';
import { gradeGroupOf } from '../contract/finding.ts';
import { intersectionOverUnion } from '../contract/image.ts';
import type { HipRead } from '../contract/reads.ts';
import type { Database } from '../database/database.ts';
import { filmsWithReads } from '../database/labels.ts';
import { firstMachineReads, type FirstMachineRead } from '../database/machineReads.ts';
import { loadSettings } from '../database/settings.ts';
import { hasSpread, referenceOf, watchMean, watchShare, type DriftReference } from '../statistics/drift.ts';
import { waldInterval, wilson } from '../statistics/proportion.ts';
import { defaultSettings } from './blinding.ts';
import type { Machine } from './machine.ts';

/** Patients to one false alarm, over all signals together. */
const runLength = 10_000;
/** Without a reference the first patients are taken for one. */
const ownReference = 200;
const mostPoints = 24;
const leastPerPoint = 5;
/** A person's box and the machine's mark one hip where they overlap at all by this much. */
const leastOverlap = 0.1;

/** The films of one patient that were read in a row, which count as one: they are not independent of each other. */
interface Visit {
  readonly patient: string;
  /** Of the last film. */
  at: string;
  readonly films: WatchedFilm[];
}

/**
 * The films that the current model has read, in the order of the reads and never by the clock, beside those that it
 * was tested on. In a blinded session films that the reader has not committed are left out.
 */
export async function driftReport({
  database,
  machine,
}: {
  readonly database: Database;
  readonly machine: Pick<Machine, 'model'>;
}): Promise<DriftReport> {
  const model = machine.model();
  if (model === null)
    return {
      ...nothing,
      sentence: 'No model is loaded, so nothing is known of how its films change.',
    };
  const { machineReads, personReads } = await database.read(async (db) => {
    const { blinded, reader } = (await loadSettings(db)) ?? defaultSettings;
    return {
      machineReads: await firstMachineReads(db, model.hash, blinded ? reader : null),
      personReads: await filmsWithReads(db),
    };
  });
  const truths = new Map(
    personReads.flatMap(({ description, reads }): [string, readonly HipRead[]][] => {
      // Who was shown an answer agrees with it more often than a model is right.
      const unaided = reads.filter(({ read }) => read.shownModelHash === null).at(-1);
      return unaided ? [[description.imageHash, unaided.read.hips]] : [];
    }),
  );
  const visits = visitsOf(machineReads, truths);
  const signals = driftSignals.flatMap((signal) => {
    const reference = model.reference?.signals[signal.id] ?? null;
    return model.reference !== null && reference === null ? [] : [watched(signal, reference, visits)];
  });
  const alarms = signals.filter(({ alarm }) => alarm);
  return {
    model: { name: model.name, hash: model.hash },
    reference: model.reference?.snapshot ?? null,
    films: machineReads.length,
    from: machineReads[0]?.at ?? null,
    to: machineReads.at(-1)?.at ?? null,
    falseAlarms: `Where nothing changes there is less than one false alarm in ${runLength.toLocaleString('en')} patients, over all signals together.`,
    alarm: alarms.length > 0,
    sentence: inWords(alarms, visits.length, model.reference !== null),
    signals,
  };
}

const nothing: DriftReport = {
  model: null,
  reference: null,
  films: 0,
  from: null,
  to: null,
  falseAlarms: 'Nothing is watched.',
  alarm: false,
  sentence: '',
  signals: [],
};

function visitsOf(
  reads: readonly FirstMachineRead[],
  truths: ReadonlyMap<string, readonly HipRead[]>,
): Visit[] {
  const visits: Visit[] = [];
  for (const { at, patient, content } of reads) {
    const film = watchedFilm(content, truths.get(content.imageHash) ?? []);
    const last = visits.at(-1);
    if (last?.patient === patient) {
      last.at = at;
      last.films.push(film);
    } else visits.push({ patient, at, films: [film] });
  }
  return visits;
}

function watchedFilm(
  { outcome, input, hips }: FirstMachineRead['content'],
  truths: readonly HipRead[],
): WatchedFilm {
  return {
    refused: outcome === 'refused',
    doubted: outcome === 'doubtful',
    input,
    hips: hips.map(({ box, presence, probabilities, gradeGroup }) => {
      const read = truths
        .map((hip) => ({ hip, overlap: intersectionOverUnion(box, hip.box) }))
        .filter(({ overlap }) => overlap >= leastOverlap)
        .sort((a, b) => b.overlap - a.overlap)[0];
      return {
        presence,
        probabilities,
        answer: gradeGroup,
        truth: read ? gradeGroupOf(read.hip.grade) : null,
      };
    }),
  };
}

function watched(
  { id, name, kind, unit, scale }: (typeof driftSignals)[number],
  given: DriftReference | null,
  visits: readonly Visit[],
): DriftSignal {
  const all = visits.flatMap(({ at, films }) => {
    const value = patientValue(id, films);
    return value === undefined ? [] : [{ at, value }];
  });
  const ofAll = all.map(({ value }) => value);
  const first = given === null && all.length > ownReference ? ownReference : 0;
  const reference = given ?? (first > 0 ? referenceOf(ofAll.slice(0, first)) : null);
  const base = { name, kind, unit, reference, series: seriesOf(all, scale) };
  if (reference === null || (scale === 'mean' && !hasSpread(reference)))
    return { ...base, statistic: 0, limit: 1, alarm: false, since: null, sentence: tooFew };
  const watch = (scale === 'share' ? watchShare : watchMean)(
    ofAll.slice(first),
    reference,
    runLength * driftSignals.length,
  );
  return {
    ...base,
    statistic: watch.statistic,
    limit: watch.limit,
    alarm: watch.alarm,
    since: watch.since === null ? null : all[first + watch.since]!.at,
    sentence: watch.alarm
      ? `${name} ${watch.direction === 'up' ? 'rose' : 'fell'}. ${causes[kind]}`
      : 'Unchanged.',
  };
}

const tooFew = `Not watched yet: nothing says what is usual, and the first ${ownReference} patients have not all been read.`;

const causes: Record<DriftSignal['kind'], string> = {
  input:
    'The films look unlike those before: ask whether a detector, its processing, or who is sent here has changed, and read with care until the answers are known to be right.',
  refusal:
    'Ask whether other views, body parts or patients are sent, and look at the films that were refused or doubted.',
  answers:
    'The machine sees hips otherwise than before: look at its last answers, and have a person read some of them.',
  calibration:
    'The machine agrees otherwise with readers than with the labels it was tested by: compare its answers with theirs, and evaluate it on films of this station before trusting how sure it is.',
};

function seriesOf(
  values: readonly { readonly at: string; readonly value: number }[],
  scale: 'mean' | 'share',
): DriftSignal['series'] {
  const size = Math.max(leastPerPoint, Math.ceil(values.length / mostPoints));
  const points: DriftSignal['series'] = [];
  for (let start = 0; start < values.length; start += size) {
    const part = values.slice(start, start + size);
    const { mean, deviation, n } = referenceOf(part.map(({ value }) => value));
    // One patient has no interval of a mean.
    if (scale === 'mean' && n < 2) continue;
    const { low, high } =
      scale === 'share' ? wilson(Math.min(n, mean * n), n) : waldInterval(mean, deviation / Math.sqrt(n));
    points.push({ at: part.at(-1)!.at, n, mean, low, high });
  }
  return points;
}

function inWords(alarms: readonly DriftSignal[], patients: number, hasReference: boolean): string {
  const against = hasReference
    ? 'the films that the model was tested on'
    : `this station's first ${ownReference} patients, for the model's folder says nothing of its films`;
  if (patients === 0) return 'This model has not read a film here yet, so nothing can have changed.';
  const read = `${patients} ${patients === 1 ? 'patient has' : 'patients have'} been read by this model`;
  if (alarms.length > 0) {
    const names = alarms.map(({ name }) => name.toLowerCase()).join(', ');
    return `The films have changed against ${against}: ${names}. ${read}; calcar drift has the numbers.`;
  }
  if (!hasReference && patients <= ownReference)
    return `${read}. Changes are watched against ${against}, which are not all there yet.`;
  return `${read}. Nothing has changed against ${against}.`;
}
