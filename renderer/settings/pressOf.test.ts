import { describe, expect, it } from 'vitest';
import { pressOf } from './pressOf.ts';

const press = (
  key: string,
  held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {},
) => pressOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });

describe('pressOf', () => {
  it('writes a press as tinykeys reads it', () => {
    expect(press('q')).toBe('q');
    expect(press('Q', { shiftKey: true })).toBe('Shift+q');
    expect(press('k', { ctrlKey: true })).toBe('$mod+k');
    expect(press('ArrowUp', { altKey: true })).toBe('Alt+ArrowUp');
    expect(press(' ')).toBe('Space');
  });

  it('lets a sign be the key whether or not this keyboard needs Shift for it', () => {
    expect(press('?', { shiftKey: true })).toBe('[Shift]+?');
  });

  it('waits while only modifiers are down', () => {
    expect(press('Shift', { shiftKey: true })).toBeNull();
  });
});
