import { setApp } from '../app/store.ts';
import type { Command } from '../commands/command.ts';

export const evaluationCommands: readonly Command[] = [
  {
    id: 'evaluation-room',
    name: 'Evaluation',
    group: 'Station',
    keys: ['$mod+4'],
    perform: () => setApp({ room: 'evaluation' }),
  },
];
