const modifiers = new Set(['Shift', 'Control', 'Alt', 'Meta', 'AltGraph']);

/** A pressed key as tinykeys writes it; null while only modifiers are down. */
export function pressOf(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>,
): string | null {
  if (modifiers.has(event.key)) return null;
  // A sign that needs Shift on one keyboard needs none on another: there the sign itself is the key.
  const letter = /^[a-z]$/i.test(event.key) || event.key.length > 1;
  const shift = event.shiftKey ? (letter ? ['Shift'] : ['[Shift]']) : [];
  const held = [
    ...(event.ctrlKey || event.metaKey ? ['$mod'] : []),
    ...(event.altKey ? ['Alt'] : []),
    ...shift,
  ];
  const key = event.key === ' ' ? 'Space' : event.key === '+' ? 'Equal' : event.key.toLowerCase();
  return [...held, event.key.length > 1 ? event.key : key].join('+');
}
