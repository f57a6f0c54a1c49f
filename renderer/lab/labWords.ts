import type {
  LabBatch,
  LabPictureHeader,
  LabSetup,
  LabStyle,
  LabView,
  LabVolume,
} from '../../electron/contract/lab.ts';
import type { Preparation } from './lab.ts';

export const viewWords: Record<LabView, string> = {
  pelvis: 'AP pelvis',
  right: 'Right hip',
  left: 'Left hip',
};

export const styleWords: Record<LabStyle, string> = { clinic: 'Clinic', drr: 'Plain DRR' };

/** "12°", "−3.5°": a true minus and no more digits than were set. */
export const angleWords = (angle: number): string => `${signed(Math.round(angle * 10) / 10)}°`;

const signed = (value: number): string => (value < 0 ? `−${String(-value)}` : String(value));

/** The beam by where it goes, in the words of a radiographer. */
export function beamWords({ craniocaudalAngle, axialAngle }: LabSetup): string {
  const toward = (angle: number, positive: string, negative: string) =>
    `${String(Math.abs(Math.round(angle * 10) / 10))}° ${angle > 0 ? positive : negative}`;
  const parts = [
    ...(craniocaudalAngle === 0 ? [] : [toward(craniocaudalAngle, 'cranial', 'caudal')]),
    ...(axialAngle === 0 ? [] : [toward(axialAngle, 'to the left', 'to the right')]),
  ];
  return parts.length === 0 ? 'straight' : parts.join(', ');
}

/** How this very picture was taken, in one line. */
export function pictureWords({ setup }: LabPictureHeader): string {
  const { style, tubeVoltage, charge, sourceToImageDistance, sourceToObjectDistance } = setup;
  return [
    viewWords[setup.view],
    styleWords[style],
    `${String(tubeVoltage)} kV`,
    style === 'drr' ? 'no noise' : `${String(charge)} mAs`,
    `SID ${String(sourceToImageDistance)} mm`,
    `SOD ${String(sourceToObjectDistance)} mm`,
    `beam ${beamWords(setup)}`,
    ...(setup.internalRotation === 0 || setup.view === 'pelvis'
      ? []
      : [rotationWords(setup.internalRotation)]),
    ...(setup.girth === 1 && setup.height === 1
      ? []
      : [`body ${sizeWords(setup.girth)} × ${sizeWords(setup.height)}`]),
  ].join(' · ');
}

export const sizeWords = (factor: number): string => `${String(Math.round(factor * 100))} %`;

export function rotationWords(angle: number): string {
  if (angle === 0) return '0°';
  return `${String(Math.abs(angle))}° ${angle > 0 ? 'internal' : 'external'}`;
}

/** "female, 74 years, right Garden III" or what the scanner said; else the size. */
export function volumeWords({ description, frame }: LabVolume): string {
  const size = frame.size.join(' × ');
  return description === null || description.trim() === '' ? `${size} voxels` : description;
}

export function spacingWords({ frame }: LabVolume): string {
  const [a, b, c] = frame.spacing.map((value) => value.toFixed(2).replace(/\.?0+$/, ''));
  return `${frame.size.join(' × ')} voxels of ${a!} × ${b!} × ${c!} mm`;
}

/** About how long still, said only where it can be told and is worth planning with. */
export function leftWords(seconds: number | null): string {
  if (seconds === null) return '';
  if (seconds < 90) return `about ${String(Math.max(1, Math.round(seconds)))} s left`;
  if (seconds < 5400) return `about ${String(Math.round(seconds / 60))} min left`;
  return `about ${(seconds / 3600).toFixed(1)} h left`;
}

/** What is left of a step by its pace; null before ten seconds, or where its end cannot be told. */
export function secondsLeft({ done, of, since }: Preparation, now: number): number | null {
  const elapsed = (now - since) / 1000;
  return of > 0 && done > 0 && elapsed >= 10 ? (elapsed / done) * (of - done) : null;
}

export function batchWords(batch: LabBatch): string {
  const count = `${String(batch.done)} of ${String(batch.of)}`;
  switch (batch.state) {
    case 'waiting':
      return `Waiting, ${count} films`;
    case 'running':
      return [`Running, ${count} films`, leftWords(batch.secondsLeft)]
        .filter((part) => part !== '')
        .join(', ');
    case 'paused':
      return `Paused at ${count} films`;
    case 'done':
      return `Done, ${String(batch.of)} films`;
    case 'failed':
      return `Failed at ${count} films`;
  }
}
