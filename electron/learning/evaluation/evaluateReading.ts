/** Labelled films read end to end, as a station reads a film from outside: gate, localizer, classifier. */
import type { FilmOutcome, HipOutcome } from '../../contract/evaluation.ts';
import type { HipFinding } from '../../contract/finding.ts';
import { intersectionOverUnion } from '../../contract/image.ts';
import type { FilmTags } from '../../contract/reading.ts';
import type { SnapshotFilm, SnapshotHip, SnapshotPatient } from '../../contract/snapshot.ts';
import type { Reader } from '../../reading/reader.ts';
import type { LabelledPicture } from '../snapshots/patientFiles.ts';

/** A box counts for a hip when they overlap at all by this much. */
const leastOverlap = 0.1;

export interface PatientFilms {
  readonly patient: SnapshotPatient;
  readonly films: readonly LabelledPicture[];
}

/**
 * Reads the films of one patient, one after the other.
 *
 * @throws CalcarError 'invalid-input' when pixels are no numbers, 'compute-failed' when a network gives no answer
 */
export async function readPatient(reader: Reader, { patient, films }: PatientFilms): Promise<FilmOutcome[]> {
  const outcomes: FilmOutcome[] = [];
  for (const [index, { image, film }] of films.entries()) {
    const start = performance.now();
    const reading = await reader.read(image, tagsOf(film));
    const milliseconds = performance.now() - start;
    const { matched, unmatched } = match(film.hips, reading.hips);
    outcomes.push({
      patient: patient.patient,
      sex: patient.sex,
      ageYears: patient.ageYears,
      film: index,
      image: film.image,
      source: film.source,
      look: film.look,
      view: film.view,
      device: film.device,
      site: film.site,
      refusal:
        reading.outcome === 'refused'
          ? (reading.warnings.find(({ weight }) => weight === 'refuse')?.kind ?? null)
          : null,
      doubts: reading.warnings.flatMap(({ kind, weight }) => (weight === 'doubt' ? [kind] : [])),
      input: reading.input,
      falseBoxes: unmatched,
      milliseconds,
      hips: film.hips.map((hip, i) => hipOutcomeOf(hip, matched[i] ?? null)),
    });
  }
  return outcomes;
}

/** What a file of this film would say. The side is kept back, so that the machine's own word on it is judged. */
function tagsOf(film: SnapshotFilm): FilmTags {
  return {
    modality: 'DX',
    bodyPart: film.view === 'pelvis' ? 'PELVIS' : 'HIP',
    view: 'AP',
    laterality: 'unknown',
    lossy: false,
    simulated: film.look !== null,
    invertedPhotometric: false,
    notes: [],
    uncalibrated: false,
  };
}

function hipOutcomeOf(hip: SnapshotHip, found: HipFinding | null): HipOutcome {
  const { laterality, grade, implant, condition, box } = hip;
  return {
    laterality,
    grade,
    implant,
    condition,
    box,
    found: found && {
      box: found.box,
      overlap: intersectionOverUnion(box, found.box),
      laterality: found.laterality,
      presence: found.presence,
      probabilities: found.probabilities,
      scope: found.scope?.scope ?? null,
      features: null,
    },
  };
}

/** Pairs hips and boxes, the best overlap first; each is used once. */
function match(
  hips: readonly SnapshotHip[],
  found: readonly HipFinding[],
): { matched: (HipFinding | undefined)[]; unmatched: number } {
  const pairs = hips
    .flatMap(({ box }, hip) =>
      found.map((finding, answer) => ({ hip, answer, overlap: intersectionOverUnion(box, finding.box) })),
    )
    .filter(({ overlap }) => overlap >= leastOverlap)
    .sort((a, b) => b.overlap - a.overlap);
  const matched: (HipFinding | undefined)[] = hips.map(() => undefined);
  const used = new Set<number>();
  for (const { hip, answer } of pairs) {
    if (matched[hip] !== undefined || used.has(answer)) continue;
    matched[hip] = found[answer];
    used.add(answer);
  }
  return { matched, unmatched: found.length - used.size };
}
