import type { AgreementReport } from '../contract/agreement.ts';
import { CalcarError } from '../contract/errors.ts';
import type { HipRead } from '../contract/reads.ts';
import type { Study } from '../contract/snapshot.ts';
import type { Database } from '../database/database.ts';
import { filmsWithReads, type ReadFilm } from '../database/labels.ts';
import { gradedTwice, measurePairs, measureScales, type RatedHip } from './agreementMeasures.ts';

export interface AgreementRequest {
  /** Which films, where people have read both kinds. */
  readonly study: Study | null;
  /** Count the last blinded read of each reader and film, as if there were no others. */
  readonly blinded: boolean;
}

/**
 * How far the readers of this station agree beyond chance, over the last read of each reader and film. A hip is one
 * side on one film.
 *
 * @throws CalcarError 'invalid-input' where people have read real and simulated films and no kind is named
 */
export async function readerAgreement(
  database: Database,
  { study: asked, blinded }: AgreementRequest,
): Promise<AgreementReport> {
  const all = await database.read((db) => filmsWithReads(db, { blinded }));
  const study = asked ?? onlyStudy(all);
  const films = all.filter((film) => studyOf(film) === study);
  const names = [...new Set(films.flatMap(({ reads }) => reads.map(({ read }) => read.reader)))].sort();
  const found = films.map((film) => hipsOf(film, names));
  const hips = found.flatMap(({ rated }) => rated);
  const shared = gradedTwice(hips);
  const readers = names.map((name) => readerSummary(name, films));
  return {
    study,
    blinded,
    readers,
    hips: shared.length,
    patients: new Set(shared.map(({ patient }) => patient)).size,
    unclearHips: found.reduce((sum, { unclear }) => sum + unclear, 0),
    scales: measureScales(hips),
    pairs: measurePairs(hips, names),
    literature: [...literature],
    sentence: inWords(names, shared, blinded),
  };
}

/**
 * D. van Embden et al., Orthop Traumatol Surg Res 2012; 98: 405; P. Masionis et al., Orthop Traumatol Surg Res 2019;
 * 105: 29. Both are Fleiss' kappas.
 */
const literature: AgreementReport['literature'] = [
  { source: 'van Embden et al. 2012', readers: 10, fractures: 100, garden: 0.31, displacement: 0.52 },
  { source: 'Masionis et al. 2019', readers: 6, fractures: 136, garden: 0.33, displacement: 0.5 },
];

const studyOf = ({ description }: ReadFilm): Study =>
  description.simulated ? 'simulated study' : 'real films';

function onlyStudy(films: readonly ReadFilm[]): Study | null {
  const [study, ...others] = new Set(films.map(studyOf));
  if (others.length > 0)
    throw new CalcarError(
      'invalid-input',
      'People have read real and simulated films here, and agreement on one says nothing of the other. Choose with --study real or --study simulated.',
    );
  return study ?? null;
}

const sides = ['right', 'left'] as const;

function hipsOf(
  { description, reads }: ReadFilm,
  readers: readonly string[],
): { rated: RatedHip[]; unclear: number } {
  const marked = reads.flatMap(({ read }) => read.hips);
  let unclear = marked.filter(({ laterality }) => laterality === 'unknown').length;
  const rated: RatedHip[] = [];
  for (const side of sides) {
    const bySide = readers.map((reader): HipRead[] =>
      reads.flatMap(({ read }) =>
        read.reader === reader ? read.hips.filter(({ laterality }) => laterality === side) : [],
      ),
    );
    if (bySide.every((hips) => hips.length === 0)) continue;
    // Two hips of one side in one read: which of them the others mean is not known.
    unclear += bySide.reduce((sum, hips) => sum + (hips.length > 1 ? hips.length : 0), 0);
    rated.push({
      patient: description.patient.id ?? description.imageHash,
      grades: bySide.map((hips) => {
        const [hip] = hips;
        return hip === undefined || hips.length > 1 || hip.grade === 'cannot-grade' ? null : hip.grade;
      }),
    });
  }
  return { rated, unclear };
}

function readerSummary(name: string, films: readonly ReadFilm[]): AgreementReport['readers'][number] {
  const reads = films.flatMap((film) => film.reads.filter(({ read }) => read.reader === name));
  const hips = reads.flatMap(({ read }) => read.hips);
  const cannotGrade = hips.filter(({ grade }) => grade === 'cannot-grade').length;
  return {
    name,
    films: reads.length,
    blindedFilms: reads.filter(({ read }) => read.blinded).length,
    hips: hips.length - cannotGrade,
    cannotGrade,
  };
}

function inWords(readers: readonly string[], shared: readonly RatedHip[], blinded: boolean): string {
  const reads = blinded ? 'blinded reads' : 'reads';
  const [only] = readers;
  if (only === undefined)
    return `Nobody has committed ${reads} in this data folder yet, so there is no agreement to tell of.`;
  if (readers.length === 1)
    return `Only ${only} has committed ${reads} here, so there is no agreement to tell of. It takes a second person who reads the same films under another name.`;
  const who = `${readers.length} readers have committed ${reads} here`;
  if (shared.length === 0)
    return `${who}, but no hip was graded by two of them, so there is no agreement to tell of. It takes films that two persons have read.`;
  const patients = new Set(shared.map(({ patient }) => patient)).size;
  const counted = `${shared.length} ${shared.length === 1 ? 'hip' : 'hips'} of ${patients} ${patients === 1 ? 'patient' : 'patients'} were graded by two or more of them`;
  return patients === 1
    ? `${who}, but only one patient was graded by two of them. Without a second patient no interval can be given, and no number is reported without one.`
    : `${who}; ${counted}.`;
}
