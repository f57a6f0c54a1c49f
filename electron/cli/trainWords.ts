import type { RunEpoch, RunProgress, TrainingRun } from '../contract/training.ts';

/** One finished epoch, on one line. */
export function epochInWords(epoch: RunEpoch, { recipe: { epochs } }: TrainingRun): string {
  const measures = Object.entries(epoch.measures).map(([name, value]) => `, ${name} ${value.toFixed(3)}`);
  return (
    `epoch ${epoch.epoch} of ${epochs}: training loss ${epoch.trainingLoss.toFixed(3)}, ` +
    `tuning loss ${epoch.validationLoss.toFixed(3)}${measures.join('')}${epoch.isBest ? ' (best)' : ''}; ` +
    `${epoch.imagesPerSecond.toFixed(1)} pictures/s, ${gigabytes(epoch.residentBytes)}`
  );
}

/** Where it is within an epoch. */
export function progressInWords(progress: RunProgress): string {
  const { step, steps, epoch, epochs, trainingLoss, imagesPerSecond, secondsLeft, residentBytes } = progress;
  return [
    `epoch ${epoch} of ${epochs}`,
    `step ${step} of ${steps}`,
    ...(trainingLoss === null ? [] : [`loss ${trainingLoss.toFixed(3)}`]),
    ...(imagesPerSecond === null ? [] : [`${imagesPerSecond.toFixed(1)} pictures/s`]),
    ...(secondsLeft === null ? [] : [`${durationInWords(secondsLeft)} left`]),
    gigabytes(residentBytes),
  ].join(', ');
}

export function durationInWords(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;
