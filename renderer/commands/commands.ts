import type { Grade } from '../../electron/contract/finding.ts';
import { grades } from '../../electron/contract/finding.ts';
import { setApp, useApp } from '../app/store.ts';
import { evaluationCommands } from '../evaluation/evaluationCommands.ts';
import { chooseFiles, chooseFolder } from '../imports/choose.ts';
import { importFiles } from '../imports/imports.ts';
import { lab } from '../lab/lab.ts';
import { inLab, labCommands } from '../lab/labCommands.ts';
import * as tube from '../lab/setup.ts';
import { addCt } from '../lab/volumes.ts';
import { modelCommands } from '../models/modelCommands.ts';
import { trainingCommands } from '../training/trainingCommands.ts';
import {
  gradeSelected,
  redo,
  removeHip,
  selectNextHip,
  setConfidence,
  setSide,
  undo,
} from '../reading/edit.ts';
import { commitAndNext, go } from '../reading/commit.ts';
import { toggleQueue } from '../reading/listOrder.ts';
import { showSaliencyBy } from '../reading/openFilm.ts';
import { session, setSession } from '../reading/session.ts';
import { confidenceWords, gradeWords } from '../words.ts';
import * as picture from '../viewer/picture.ts';
import type { Command } from './command.ts';

const filmOpen = () => useApp.getState().room === 'reading' && session().samples !== null;
/** What a chooser's files become: a CT in the lab, films elsewhere. */
const take = () => (inLab() ? addCt : importFiles);
const reading = () => useApp.getState().room === 'reading' && session().film !== null;
const listIsWhole = (chosen: boolean | null) => chosen ?? session().imageHash === null;
/** What can be undone and done again in the room that is on the screen. */
const past = (): readonly unknown[] => (inLab() ? lab().past : reading() ? session().past : []);
const future = (): readonly unknown[] => (inLab() ? lab().future : reading() ? session().future : []);
const hipSelected = () => reading() && session().selected !== null;

const gradeKeys: Record<Grade, readonly string[]> = {
  none: ['0', 'Digit0'],
  I: ['1', 'Digit1'],
  II: ['2', 'Digit2'],
  III: ['3', 'Digit3'],
  IV: ['4', 'Digit4'],
  'cannot-grade': ['x'],
};

const gradeCommands = grades.map((grade): Command => ({
  id: `grade-${grade}`,
  name: gradeWords[grade],
  group: 'Read',
  keys: gradeKeys[grade],
  enabled: reading,
  perform: () => gradeSelected(grade),
}));

const confidenceCommands = confidenceWords.map((word, i): Command => ({
  id: `confidence-${String(i + 1)}`,
  name: `Confidence ${String(i + 1)}: ${word.toLowerCase()}`,
  group: 'Read',
  keys: [`Shift+Digit${String(i + 1)}`],
  enabled: hipSelected,
  perform: () => withSelected((id) => setConfidence(id, i + 1)),
}));

function withSelected(act: (id: string) => void): void {
  const { selected } = session();
  if (selected !== null) act(selected);
}

function nextSide(): void {
  const hip = session().draft.hips.find(({ id }) => id === session().selected);
  if (hip === undefined) return;
  const after = { left: 'right', right: 'unknown', unknown: 'left' } as const;
  setSide(hip.id, after[hip.laterality]);
}

function escape(): void {
  if (useApp.getState().overlay !== null) setApp({ overlay: null });
  else if (session().tool !== 'pan') setSession({ tool: 'pan' });
  else (document.activeElement as HTMLElement | null)?.blur();
}

export const commands: readonly Command[] = [
  ...gradeCommands,
  ...confidenceCommands,
  ...labCommands,
  ...trainingCommands,
  ...evaluationCommands,
  ...modelCommands,
  {
    id: 'commit',
    name: 'Commit and next',
    group: 'Read',
    keys: ['Enter'],
    enabled: reading,
    perform: () => {
      if (session().tool === 'box') picture.placeBox();
      else void commitAndNext();
    },
  },
  {
    id: 'undo',
    name: 'Undo',
    group: 'Read',
    keys: ['z', '$mod+z'],
    enabled: () => past().length > 0,
    perform: () => (inLab() ? tube.undo() : undo()),
  },
  {
    id: 'redo',
    name: 'Redo',
    group: 'Read',
    keys: ['Shift+z', '$mod+Shift+z', '$mod+y'],
    enabled: () => future().length > 0,
    perform: () => (inLab() ? tube.redo() : redo()),
  },
  {
    id: 'comment',
    name: 'Write a comment',
    group: 'Read',
    keys: ['c'],
    enabled: reading,
    perform: () => document.getElementById('comment')?.focus(),
  },
  {
    id: 'draw-box',
    name: 'Draw a box (Enter puts one in the middle)',
    group: 'Boxes',
    keys: ['b'],
    enabled: filmOpen,
    perform: () => picture.toggleTool('box'),
  },
  {
    id: 'next-hip',
    name: 'Next hip',
    group: 'Boxes',
    keys: ['h'],
    enabled: hipSelected,
    perform: selectNextHip,
  },
  {
    id: 'focus-box',
    name: 'Move the box with the arrow keys',
    group: 'Boxes',
    keys: ['g'],
    enabled: hipSelected,
    perform: () => withSelected((id) => document.getElementById(`box-${id}`)?.focus()),
  },
  {
    id: 'side',
    name: 'Side of the hip: left, right, unknown',
    group: 'Boxes',
    keys: ['Shift+h'],
    enabled: hipSelected,
    perform: nextSide,
  },
  {
    id: 'remove-box',
    name: 'Remove the box',
    group: 'Boxes',
    keys: ['Delete', 'Backspace'],
    enabled: hipSelected,
    perform: () => withSelected(removeHip),
  },
  {
    id: 'saliency',
    name: 'What the model looked at',
    group: 'Film',
    keys: ['s'],
    enabled: () => {
      const { answer } = session();
      return answer.state === 'here' && answer.finding.hips.length > 0;
    },
    perform: picture.toggleSaliency,
  },
  {
    id: 'saliency-method',
    name: 'The other way to show what the model looked at',
    group: 'Film',
    keys: ['Shift+s'],
    enabled: () => session().saliencyShown,
    perform: () =>
      void showSaliencyBy(session().saliencyMethod === 'grad-cam' ? 'guided-backpropagation' : 'grad-cam'),
  },
  {
    id: 'saliency-less',
    name: 'Fainter saliency',
    group: 'Film',
    keys: ['BracketLeft'],
    enabled: () => session().saliencyShown,
    perform: () => picture.changeOpacity(-0.1),
  },
  {
    id: 'saliency-more',
    name: 'Stronger saliency',
    group: 'Film',
    keys: ['BracketRight'],
    enabled: () => session().saliencyShown,
    perform: () => picture.changeOpacity(0.1),
  },
  {
    id: 'loupe',
    name: 'Loupe while held',
    group: 'Film',
    keys: ['Space'],
    enabled: filmOpen,
    perform: () => picture.holdLoupe(true),
    release: () => picture.holdLoupe(false),
  },
  { id: 'invert', name: 'Invert', group: 'Film', keys: ['i'], enabled: filmOpen, perform: picture.invert },
  { id: 'fit', name: 'Fit', group: 'Film', keys: ['f'], enabled: filmOpen, perform: picture.fitFilm },
  {
    id: 'one-to-one',
    name: 'One to one: a screen pixel for a film pixel',
    group: 'Film',
    keys: ['o'],
    enabled: filmOpen,
    perform: picture.oneToOne,
  },
  {
    id: 'zoom-in',
    name: 'Zoom in',
    group: 'Film',
    keys: ['[Shift]+Equal'],
    enabled: filmOpen,
    perform: () => picture.zoom(1.25),
  },
  {
    id: 'zoom-out',
    name: 'Zoom out',
    group: 'Film',
    keys: ['Minus'],
    enabled: filmOpen,
    perform: () => picture.zoom(0.8),
  },
  {
    id: 'turn',
    name: 'Turn a quarter',
    group: 'Film',
    keys: ['r'],
    enabled: filmOpen,
    perform: picture.turnFilm,
  },
  {
    id: 'mirror',
    name: 'Mirror',
    group: 'Film',
    keys: ['m'],
    enabled: filmOpen,
    perform: picture.mirrorFilm,
  },
  {
    id: 'window-tool',
    name: 'Window and level by dragging (or the right button)',
    group: 'Film',
    keys: ['w'],
    enabled: filmOpen,
    perform: () => picture.toggleTool('window'),
  },
  {
    id: 'next-voi',
    name: "The file's next window",
    group: 'Film',
    keys: ['v'],
    enabled: filmOpen,
    perform: picture.nextVoi,
  },
  {
    id: 'next-film',
    name: 'Next film',
    group: 'Worklist',
    keys: ['ArrowDown', 'ArrowRight'],
    enabled: () => !inLab(),
    perform: () => go(1),
  },
  {
    id: 'previous-film',
    name: 'Previous film',
    group: 'Worklist',
    keys: ['ArrowUp', 'ArrowLeft'],
    enabled: () => !inLab(),
    perform: () => go(-1),
  },
  {
    id: 'search',
    name: 'Search the worklist',
    group: 'Worklist',
    keys: ['[Shift]+/'],
    perform: () => {
      setApp({ room: 'reading', listWhole: true });
      requestAnimationFrame(() => document.getElementById('search')?.focus());
    },
  },
  {
    id: 'label-next',
    name: 'Order the list by what to label next',
    group: 'Worklist',
    keys: ['Shift+n'],
    enabled: () => useApp.getState().room === 'reading',
    perform: () => void toggleQueue(),
  },
  {
    id: 'import',
    name: 'Import files',
    group: 'Worklist',
    keys: ['$mod+o'],
    perform: () => chooseFiles(take()),
  },
  {
    id: 'import-folder',
    name: 'Import a folder',
    group: 'Worklist',
    keys: ['$mod+Shift+o'],
    perform: () => chooseFolder(take()),
  },
  {
    id: 'toggle-list',
    name: 'Whole worklist or a strip of it',
    group: 'Station',
    keys: ['l'],
    perform: () => setApp((app) => ({ room: 'reading', listWhole: !listIsWhole(app.listWhole) })),
  },
  {
    id: 'toggle-panel',
    name: 'Show or hide the read panel',
    group: 'Station',
    keys: ['p'],
    perform: () => setApp(({ panelShown }) => ({ room: 'reading', panelShown: !panelShown })),
  },
  {
    id: 'reading-room',
    name: 'Reading room',
    group: 'Station',
    keys: ['$mod+1'],
    perform: () => setApp({ room: 'reading' }),
  },
  {
    id: 'settings-room',
    name: 'Settings and doctor',
    group: 'Station',
    keys: ['$mod+Comma'],
    perform: () => setApp({ room: 'settings' }),
  },
  {
    id: 'palette',
    name: 'Command palette',
    group: 'Station',
    keys: ['$mod+k'],
    perform: () => setApp({ overlay: 'palette' }),
  },
  {
    id: 'keys',
    name: 'Keys',
    group: 'Station',
    keys: ['[Shift]+?'],
    perform: () => setApp({ overlay: 'keys' }),
  },
  { id: 'escape', name: 'Let go', group: 'Station', keys: ['Escape'], perform: escape },
];

const byId = new Map(commands.map((command) => [command.id, command]));

/** The command of this id. Throws for an id that no command has: that is a mistake in the code. */
export function command(id: string): Command {
  const found = byId.get(id);
  if (found === undefined) throw new RangeError(`No command is called ${id}`);
  return found;
}
