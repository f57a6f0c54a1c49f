import { setApp, useApp } from '../app/store.ts';
import type { Command } from '../commands/command.ts';
import { setTraining, training } from './training.ts';

const inTraining = (): boolean => useApp.getState().room === 'training';

export const trainingCommands: readonly Command[] = [
  {
    id: 'training-freeze',
    name: 'Freeze my reads into a data set',
    group: 'Training',
    keys: ['k'],
    enabled: inTraining,
    perform: () => setTraining({ panel: 'freeze' }),
  },
  {
    id: 'training-start',
    name: 'New training',
    group: 'Training',
    keys: ['j'],
    enabled: () => inTraining() && (training().datasets?.length ?? 0) > 0,
    perform: () => setTraining({ panel: 'start' }),
  },
  {
    id: 'training-room',
    name: 'Training',
    group: 'Station',
    keys: ['$mod+3'],
    perform: () => setApp({ room: 'training' }),
  },
];
