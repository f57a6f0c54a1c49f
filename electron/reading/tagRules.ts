import type { QualityWarning } from '../contract/finding.ts';
import type { FilmTags } from '../contract/reading.ts';

/** Modalities whose pictures are projections that could be a hip film; without a tag the other rules decide. */
const radiographModalities = new Set(['CR', 'DX', 'DR', 'RG', 'RF', 'XA', 'SC', 'OT']);

/** Body parts of DICOM PS3.16 table L-1 that show no hip, and how vendors shorten them. */
const partsWithoutHip =
  /CHEST|THORAX|LUNG|RIB|STERN|CLAVICLE|SCAPULA|SHOULDER|HUMERUS|ELBOW|FOREARM|RADIUS|ULNA|WRIST|HAND|FINGER|THUMB|SKULL|HEAD|BRAIN|FACE|ORBIT|SINUS|JAW|MANDIBLE|MAXILLA|ZYGOMA|NASAL|NOSE|TEETH|TOOTH|NECK|CSPINE|TSPINE|SPINE|COCCYX|BREAST|HEART|KNEE|PATELLA|TIBIA|FIBULA|TIBFIB|LOWER ?LEG|CALF|ANKLE|CALCANEUS|HEEL|FOOT|TOE/;
const hipParts = /HIP|PELVI|COXA|COXO|HUEFT|HÜFT|BECKEN|FEMORAL ?(NECK|HEAD)/;

/** Views on which a femoral neck cannot be graded by a model of AP films. */
const otherViews =
  /LAT|FROG|LAUENSTEIN|DUNN|AXIAL|CROSS|TABLE|OBLIQ|JUDET|INLET|OUTLET|FALSE|FAUX|^(LL|RL|LLD|RLD|LLO|RLO|LAO|RAO|LPO|RPO|ML|LM|SI|IS)$/;
const anteroposteriorViews = /^AP\b|ANTERO-? ?POSTERIOR/;

const upper = (text: string | null) => (text ?? '').trim().toUpperCase();

/**
 * What the tags alone say against a film. Calcar answers AP hips and AP pelves only: what is tagged as
 * something else is refused, what does not say what it is carries a doubt.
 */
export function tagWarnings(tags: FilmTags): QualityWarning[] {
  return [modalityWarning(tags), bodyPartWarning(tags), viewWarning(tags), ...notes(tags)].filter(
    (warning) => warning !== null,
  );
}

function modalityWarning(tags: FilmTags): QualityWarning | null {
  const modality = upper(tags.modality);
  if (modality === '' || radiographModalities.has(modality)) return null;
  return {
    kind: 'modality',
    weight: 'refuse',
    sentence: `This picture is tagged ${modality}, which is not a plain radiograph. Calcar reads AP hip radiographs only, so it was not graded.`,
  };
}

function bodyPartWarning(tags: FilmTags): QualityWarning | null {
  const part = upper(tags.bodyPart);
  if (hipParts.test(part)) return null;
  if (partsWithoutHip.test(part))
    return {
      kind: 'body-part',
      weight: 'refuse',
      sentence: `This film is tagged ${part}, not hip or pelvis, so it was not graded. If the tag is wrong, read the film yourself.`,
    };
  return {
    kind: 'body-part',
    weight: 'doubt',
    sentence:
      part === ''
        ? 'The file does not say which part of the body it shows. Calcar knows AP hips only: check that this is one before you use the answer.'
        : `This film is tagged ${part}, which may or may not show a hip. Calcar knows AP hips only: check that this is one before you use the answer.`,
  };
}

function viewWarning(tags: FilmTags): QualityWarning | null {
  const view = upper(tags.view);
  if (anteroposteriorViews.test(view)) return null;
  if (otherViews.test(view))
    return {
      kind: 'view',
      weight: 'refuse',
      sentence: `This film is tagged as view ${view}. Calcar grades AP views only, so it was not graded.`,
    };
  return {
    kind: 'view',
    weight: 'doubt',
    sentence:
      view === ''
        ? 'The file does not name its view. Calcar knows AP views only: on a frog-leg or lateral film the answer is worth nothing.'
        : `This film is tagged as view ${view}, which is not AP. Calcar knows AP views only: check the view before you use the answer.`,
  };
}

/** Badges: what the reader must know but what does not touch the answer. A note the file reader made already is not made twice. */
function notes(tags: FilmTags): QualityWarning[] {
  const made: QualityWarning[] = [];
  if (tags.simulated)
    made.push({
      kind: 'simulated',
      weight: 'note',
      sentence: 'This film is simulated. It shows no patient.',
    });
  if (tags.uncalibrated)
    made.push({
      kind: 'uncalibrated',
      weight: 'note',
      sentence:
        'The file gives no usable pixel spacing, so nothing on this film can be measured in millimetres.',
    });
  if (tags.lossy)
    made.push({
      kind: 'lossy',
      weight: 'note',
      sentence: 'The pixels were compressed with loss: fine lines may be missing or false.',
    });
  return [...tags.notes, ...made.filter((note) => tags.notes.every((given) => given.kind !== note.kind))];
}
