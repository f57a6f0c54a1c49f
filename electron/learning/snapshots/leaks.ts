/** What of a patient who tests or tunes could reach training. */
import { CalcarError } from '../../contract/errors.ts';
import type { SnapshotEntry, SnapshotManifest, Study } from '../../contract/snapshot.ts';

type Entries = readonly SnapshotEntry[];

/** One way in which pictures of different splits hang together, with what is involved. */
export type Leak =
  | { readonly kind: 'patient'; readonly patient: string; readonly entries: Entries }
  | { readonly kind: 'image'; readonly image: string; readonly entries: Entries }
  /** `entries` have pictures computed from the CT, or are the patient whom its key names. */
  | { readonly kind: 'ct'; readonly ct: string; readonly entries: Entries }
  /** `entry` learns with pictures of a generator that learned from `seen`, who are of other splits. */
  | {
      readonly kind: 'generator';
      readonly model: string;
      readonly entry: SnapshotEntry;
      readonly seen: Entries;
    }
  /** `entry` tunes or tests with pictures that only augment. */
  | { readonly kind: 'augmentation'; readonly entry: SnapshotEntry }
  /** `entry` has simulated films in a study of real ones, or real ones in a simulated study. */
  | { readonly kind: 'study'; readonly study: Study; readonly entry: SnapshotEntry };

/**
 * Every leak among the entries, the gravest kinds first.
 *
 * @param options.study what the entries are said to be; without it films and simulated films are not told apart
 */
export function leaksOf(entries: Entries, options: { readonly study?: Study } = {}): Leak[] {
  const byPatient = grouped(entries, ({ patient }) => [patient]);
  const { study } = options;
  return [
    ...divided(byPatient).map(([patient, held]): Leak => ({ kind: 'patient', patient, entries: held })),
    ...divided(grouped(entries, ({ images }) => images)).map(([image, held]): Leak => ({
      kind: 'image',
      image,
      entries: held,
    })),
    ...divided(byCt(entries, byPatient)).map(([ct, held]): Leak => ({ kind: 'ct', ct, entries: held })),
    ...entries.flatMap((entry) => generatorLeaks(entry, byPatient)),
    ...entries
      .filter(({ split, drrs, generated }) => split !== 'learn' && drrs + generated > 0)
      .map((entry): Leak => ({ kind: 'augmentation', entry })),
    ...(study === undefined
      ? []
      : entries
          .filter((entry) => hasFilmsOfOther(study, entry))
          .map((entry): Leak => ({ kind: 'study', study, entry }))),
  ];
}

function grouped(
  entries: Entries,
  keysOf: (entry: SnapshotEntry) => readonly string[],
): Map<string, SnapshotEntry[]> {
  const groups = new Map<string, SnapshotEntry[]>();
  for (const entry of entries)
    for (const key of new Set(keysOf(entry))) {
      const group = groups.get(key);
      if (group) group.push(entry);
      else groups.set(key, [entry]);
    }
  return groups;
}

/** A CT is known by a key of its own, or by `<patient>` or `<patient>/<series>` where the patient is known. */
function byCt(entries: Entries, byPatient: ReadonlyMap<string, Entries>): Map<string, Entries> {
  const groups = grouped(entries, ({ cts }) => cts);
  return new Map(
    [...groups].map(([ct, held]) => {
      const owner = byPatient.get(ct.split('/')[0]!) ?? [];
      return [ct, [...new Set([...held, ...owner])]];
    }),
  );
}

/** Groups with members in more than one split. */
function divided(groups: ReadonlyMap<string, Entries>): [string, Entries][] {
  return [...groups].filter(([, held]) => held.some(({ split }) => split !== held[0]!.split));
}

function generatorLeaks(entry: SnapshotEntry, byPatient: ReadonlyMap<string, Entries>): Leak[] {
  return entry.generators.flatMap(({ model, learnedFrom }): Leak[] => {
    const seen = learnedFrom
      .flatMap((patient) => byPatient.get(patient) ?? [])
      .filter(({ split }) => split !== entry.split);
    return seen.length === 0 ? [] : [{ kind: 'generator', model, entry, seen }];
  });
}

function hasFilmsOfOther(study: Study, { films, drrs, generated, simulated }: SnapshotEntry): boolean {
  return study === 'real films' ? simulated > 0 : films - drrs - generated > simulated;
}

/** What leaks, with the names of the patients and of their files. */
export function leakSentence(leak: Leak): string {
  switch (leak.kind) {
    case 'patient':
      return `Patient ${leak.patient} is in more than one split (${places(leak.entries)}).`;
    case 'image':
      return `One film stands in more than one split under different patients: ${people(leak.entries)}. Its hash begins ${short(leak.image)}.`;
    case 'ct':
      return `Radiographs computed from the CT ${leak.ct} belong with more than one split: ${people(leak.entries)}.`;
    case 'generator':
      return `Pictures in ${place(leak.entry)} come from the generator ${short(leak.model)}, which learned from patients of another split: ${people(leak.seen)}.`;
    case 'augmentation':
      return `Patient ${leak.entry.patient} (${place(leak.entry)}) has pictures made for augmentation, which may only be learned from.`;
    case 'study':
      return leak.study === 'real films'
        ? `Patient ${leak.entry.patient} (${place(leak.entry)}) has simulated films in a study of real films.`
        : `Patient ${leak.entry.patient} (${place(leak.entry)}) has real films in a simulated study.`;
  }
}

const short = (hash: string): string => hash.slice(0, 12);
const place = ({ stem, split }: SnapshotEntry): string => `${stem}.json, '${split}'`;
const places = (entries: Entries): string => listed(entries.map(place), '; ');
const people = (entries: Entries): string =>
  listed(
    entries.map((entry) => `${entry.patient} (${place(entry)})`),
    ', ',
  );

const mostNamed = 8;

function listed(names: readonly string[], separator: string): string {
  const more = names.length - mostNamed;
  return names.slice(0, mostNamed).join(separator) + (more > 0 ? ` and ${String(more)} more` : '');
}

/** @throws CalcarError 'leak' that names the patients, CTs, generators and files of every leak */
export function refuseLeaks(manifest: Pick<SnapshotManifest, 'name' | 'study' | 'entries'>): void {
  const leaks = leaksOf(manifest.entries, manifest);
  if (leaks.length > 0) throw leakError(`The snapshot '${manifest.name}' is refused`, leaks);
}

function leakError(beginning: string, leaks: readonly Leak[]): CalcarError {
  return new CalcarError(
    'leak',
    `${beginning}, because something of a patient who is held out would reach training. ${listed(leaks.map(leakSentence), ' ')} ` +
      'Put everything of one person into one split and freeze again; nothing was trained.',
  );
}
