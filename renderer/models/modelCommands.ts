import { setApp, useApp } from '../app/store.ts';
import type { Command } from '../commands/command.ts';
import { models, setModels } from './models.ts';
import { rollback } from './shelf.ts';

const inModels = (): boolean => useApp.getState().room === 'models';

export const modelCommands: readonly Command[] = [
  {
    id: 'models-rules',
    name: 'What a model must show',
    group: 'Models',
    keys: [],
    enabled: inModels,
    perform: () => setModels({ panel: 'rules' }),
  },
  {
    id: 'models-rollback',
    name: 'Roll back to the model before',
    group: 'Models',
    keys: [],
    enabled: () => inModels() && models().shelf?.rollbackTo != null && models().work === null,
    perform: () => void rollback(),
  },
  {
    id: 'models-room',
    name: 'Models',
    group: 'Station',
    keys: ['$mod+5'],
    perform: () => setApp({ room: 'models' }),
  },
];
