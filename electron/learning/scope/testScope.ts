/** How often the gate errs: on films as they come, which it should let pass, and on pictures that it should not. */
import type { Estimate } from '../../contract/evaluation.ts';
import type { QualityWarning } from '../../contract/finding.ts';
import type { GreyImage } from '../../contract/image.ts';
import type { FilmTags } from '../../contract/reading.ts';
import type { ScopeReport } from '../../contract/scopeReport.ts';
import type { Random } from '../../random/random.ts';
import type { Reader } from '../../reading/reader.ts';
import { wilson } from '../../statistics/proportion.ts';
import { wholeFilms, type Snapshot } from '../snapshots/snapshot.ts';
import { otherBodyPart } from './drawings.ts';
import { pictureOf, type GoodFilm } from './examples.ts';
import { strangeKinds, type StrangePicture } from './strangePictures.ts';

export interface ScopeTrial {
  readonly reader: Pick<Reader, 'read'>;
  readonly snapshot: Snapshot;
  /** Of the snapshot's patients to test with, from the first. */
  readonly patients: number;
  /** Simulated of other patients than the gate learned from. */
  readonly strange: readonly StrangePicture[];
}

/** The tags of a film whose file says nothing against it: the gate has the pixels alone. */
const goodTags: FilmTags = {
  modality: 'DX',
  bodyPart: 'HIP',
  view: 'AP',
  laterality: 'unknown',
  lossy: false,
  simulated: true,
  uncalibrated: false,
  invertedPhotometric: false,
  notes: [],
};

/** What the learned gate warns of; a film with these tags gets no such warning from the tags. */
const learnedKinds: readonly QualityWarning['kind'][] = [
  'body-part',
  'view',
  'inverted',
  'rotated',
  'cropped',
  'corrupt',
  'blank',
  'out-of-scope',
];

const alterations = ['inverted', 'rotated', 'cropped', 'corrupt', 'blank'] as const;
/** One test film in so many is altered, in every way. */
const alteredEvery = 6;

export async function testScope(
  { reader, snapshot, patients, strange }: ScopeTrial,
  random: Random,
  report: (done: number, of: number) => void,
): Promise<Pick<ScopeReport, 'falseRefuse' | 'falseAccept'>> {
  const accepted = new Map<string, { yes: number; of: number }>();
  const show = async (kind: string, image: GreyImage): Promise<void> => {
    const { outcome } = await reader.read(image, goodTags);
    const { yes, of } = accepted.get(kind) ?? { yes: 0, of: 0 };
    accepted.set(kind, { yes: yes + (outcome === 'answered' ? 1 : 0), of: of + 1 });
  };
  const films = { mistaken: 0, of: 0 };
  const hips = { mistaken: 0, of: 0 };
  const tested = new Set(
    snapshot.manifest.entries
      .flatMap(({ split, stem }) => (split === 'test' ? [stem] : []))
      .slice(0, patients),
  );
  let done = 0;
  for (const patient of wholeFilms(snapshot, 'test', ({ stem }) => tested.has(stem))) {
    for (const { image, film } of patient.films) {
      const { warnings } = await reader.read(image, goodTags);
      const isMistaken = warnings.some(
        ({ kind, weight }) => weight !== 'note' && learnedKinds.includes(kind),
      );
      films.of += 1;
      hips.of += film.hips.length;
      if (isMistaken) films.mistaken += 1;
      if (isMistaken) hips.mistaken += film.hips.length;
      if (films.of % alteredEvery !== 0 || film.hips.length === 0) continue;
      const good: GoodFilm = { image, boxes: film.hips.map(({ box }) => box) };
      const draw = random.stream(films.of);
      for (const kind of alterations) await show(kind, pictureOf(kind, good, strange, draw));
      await show('drawing of another body part', otherBodyPart(Math.max(image.rows, image.columns), draw));
    }
    report(++done, tested.size);
  }
  for (const { kind, image } of strange) await show(kind, image);
  return {
    falseRefuse: {
      films: wilsonOf(films.mistaken, films.of, 'films'),
      hips: wilsonOf(hips.mistaken, hips.of, 'hips'),
    },
    falseAccept: [...alterations, 'drawing of another body part', ...strangeKinds].flatMap((kind) => {
      const counted = accepted.get(kind);
      return counted
        ? [{ kind, of: 'films' as const, accepted: wilsonOf(counted.yes, counted.of, 'films') }]
        : [];
    }),
  };
}

function wilsonOf(successes: number, n: number, of: Estimate['of']): Estimate {
  const { estimate, low, high } = wilson(successes, n);
  return { estimate, low, high, n, of, method: 'wilson' };
}
