import { setApp, useApp } from '../app/store.ts';
import type { Command } from '../commands/command.ts';
import { lab, setLab } from './lab.ts';
import { chooseView, isStandard, standardAgain, toggleMove } from './setup.ts';
import { sendToWorklist } from './work.ts';

export const inLab = (): boolean => useApp.getState().room === 'lab';
/** A volume is on the screen. */
const atWork = (): boolean => inLab() && lab().open !== null;

const views = ['pelvis', 'right', 'left'] as const;

export const labCommands: readonly Command[] = [
  {
    id: 'lab-phantom',
    name: 'New phantom',
    group: 'Lab',
    keys: ['n'],
    enabled: () => inLab() && lab().preparation === null,
    perform: () => setLab({ panel: 'phantom' }),
  },
  {
    id: 'lab-view',
    name: 'Next view: pelvis, right hip, left hip',
    group: 'Lab',
    keys: ['e'],
    enabled: atWork,
    perform: () => chooseView(views[(views.indexOf(lab().setup.view) + 1) % views.length] ?? 'pelvis'),
  },
  {
    id: 'lab-standard',
    name: 'Back to the standard AP',
    group: 'Lab',
    keys: ['a'],
    enabled: () => atWork() && !isStandard(lab().setup),
    perform: standardAgain,
  },
  {
    id: 'lab-tube',
    name: 'Turn the tube with the arrow keys',
    group: 'Lab',
    keys: ['t'],
    enabled: atWork,
    perform: () => document.querySelector<HTMLElement>('[data-testid=drr]')?.focus(),
  },
  {
    id: 'lab-move',
    name: 'Dragging moves the central ray (or with Shift)',
    group: 'Lab',
    keys: ['d'],
    enabled: atWork,
    perform: toggleMove,
  },
  {
    id: 'lab-window',
    name: 'Bone or soft tissue window of the slices',
    group: 'Lab',
    keys: ['y'],
    enabled: atWork,
    perform: () => setLab((now) => ({ window: now.window === 'bone' ? 'soft' : 'bone' })),
  },
  {
    id: 'lab-send',
    name: 'Send the film to the worklist',
    group: 'Lab',
    keys: ['u'],
    enabled: () => atWork() && lab().picture !== null && !lab().sending,
    perform: () => void sendToWorklist(),
  },
  {
    id: 'lab-batch',
    name: 'Queue a batch',
    group: 'Lab',
    keys: ['q'],
    enabled: atWork,
    perform: () => setLab({ panel: 'batch' }),
  },
  {
    id: 'lab-room',
    name: 'DRR lab',
    group: 'Station',
    keys: ['$mod+2'],
    perform: () => setApp({ room: 'lab' }),
  },
];
