import { useApp } from '../app/store.ts';

/** One thing a person can do. Menu, keys, palette, cheat sheet and tooltips all read this object. */
export interface Command {
  readonly id: string;
  readonly name: string;
  readonly group: 'Read' | 'Film' | 'Boxes' | 'Worklist' | 'Lab' | 'Training' | 'Models' | 'Station';
  /** Presses as tinykeys writes them; the first is the one that is shown. */
  readonly keys: readonly string[];
  /** False while the command has nothing to act on. */
  readonly enabled?: () => boolean;
  readonly perform: () => void;
  /** For keys that are held: what ends with the key. */
  readonly release?: () => void;
}

export const isEnabled = (command: Command) => command.enabled?.() ?? true;

/** The presses of a command: the reader's own one, else those it was born with. */
export function pressesOf(command: Command, rebound: Readonly<Record<string, string>>): readonly string[] {
  const own = rebound[command.id];
  if (own === undefined) return command.keys;
  return own === '' ? [] : [own];
}

const words: Record<string, string> = {
  $mod: 'Ctrl',
  Control: 'Ctrl',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  BracketLeft: '[',
  BracketRight: ']',
  Equal: '+',
  Minus: '−',
  Comma: ',',
  Escape: 'Esc',
};

/** A press as a person reads it on the keyboard: "Shift+KeyZ" → "Shift Z". */
export function pressWords(press: string): string {
  return press
    .split('+')
    .filter((part) => !/^\[.*\]$/.test(part))
    .map((part) => words[part] ?? part.replace(/^(Key|Digit)(?=.$)/, ''))
    .map((part) => (part.length === 1 ? part.toUpperCase() : part))
    .join(' ');
}

export function useKeyWords(command: Command): string {
  const rebound = useApp((app) => app.settings.keys);
  const first = pressesOf(command, rebound)[0];
  return first === undefined ? '' : pressWords(first);
}
