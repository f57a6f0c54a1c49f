import { describe, expect, it } from 'vitest';
import { pressesOf, pressWords } from './command.ts';
import { commands } from './commands.ts';

describe('commands', () => {
  it('have one name and one id each, and no two share a key', () => {
    const ids = commands.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const presses = commands.flatMap(({ keys }) => keys);
    expect(presses.filter((press, i) => presses.indexOf(press) !== i)).toEqual([]);
  });

  it('have the keys of DESIGN.md', () => {
    const keyOf = (id: string) => pressWords(commands.find((command) => command.id === id)?.keys[0] ?? '');
    expect(['none', 'I', 'II', 'III', 'IV', 'cannot-grade'].map((grade) => keyOf(`grade-${grade}`))).toEqual([
      '0',
      '1',
      '2',
      '3',
      '4',
      'X',
    ]);
    expect(
      [
        'commit',
        'undo',
        'redo',
        'draw-box',
        'saliency',
        'invert',
        'fit',
        'loupe',
        'search',
        'palette',
        'keys',
      ].map(keyOf),
    ).toEqual(['Enter', 'Z', 'Shift Z', 'B', 'S', 'I', 'F', 'Space', '/', 'Ctrl K', '?']);
  });

  it("take the reader's own key, or none", () => {
    const command = commands[0]!;
    expect(pressesOf(command, {})).toEqual(command.keys);
    expect(pressesOf(command, { [command.id]: 'q' })).toEqual(['q']);
    expect(pressesOf(command, { [command.id]: '' })).toEqual([]);
  });
});
