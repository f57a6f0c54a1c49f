/** What the training room says, in words. */
import type { NetworkName } from '../../electron/contract/recipe.ts';
import type { RunState, TrainingRun } from '../../electron/contract/training.ts';

export const networkWords: Record<NetworkName, string> = {
  localizer: 'Localizer (finds hips)',
  classifier: 'Classifier (grades hips)',
};

export const stateWords: Record<RunState, string> = {
  waiting: 'Waiting for its turn',
  running: 'Training',
  paused: 'Paused',
  interrupted: 'Interrupted: its process is gone',
  finished: 'Finished',
  cancelled: 'Cancelled',
  failed: 'Stopped',
};

export const isUnderWay = ({ state }: TrainingRun): boolean => state === 'running' || state === 'waiting';
/** One that failed too: there may be room on the disk by now. The station says where it would fail again. */
export const canResume = ({ state }: TrainingRun): boolean =>
  state === 'paused' || state === 'interrupted' || state === 'failed';

/** "3 h 12 min", "12 min", "40 s". */
export function durationWords(seconds: number): string {
  if (seconds < 90) return `${String(Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${String(minutes)} min`;
  return `${String(Math.floor(minutes / 60))} h ${String(minutes % 60)} min`;
}

/** "1.2 GB", "340 MB". */
export function bytesWords(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${String(Math.round(bytes / 1e6))} MB`;
}

/** Share of the whole run that is done, 0..1. */
export function shareDone({ progress, state }: TrainingRun): number {
  if (state === 'finished') return 1;
  return progress === null || progress.steps === 0 ? 0 : progress.step / progress.steps;
}

/** One line under a run's name. */
export function runLine(run: TrainingRun): string {
  const { progress } = run;
  if (run.state !== 'running') return stateWords[run.state];
  if (progress === null) return 'Starting';
  const left = progress.secondsLeft === null ? '' : `, ${durationWords(progress.secondsLeft)} left`;
  return `Epoch ${String(progress.epoch)} of ${String(progress.epochs)}${left}`;
}
