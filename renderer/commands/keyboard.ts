import { createKeybindingsHandler } from 'tinykeys';
import type { Command } from './command.ts';
import { isEnabled, pressesOf } from './command.ts';

const textFields =
  'textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=range])';
/** With Ctrl these belong to the text: copy, undo, the next word and so on. */
const editing = /^([acvxyz]|Arrow.+|Home|End|Backspace|Delete|Enter)$/i;
/** What has its own use for Enter and Space. */
const pressables = 'button, a[href], summary, [role=option], [role=menuitem]';
/** What has its own use for arrow keys: sliders, radios, lists, and boxes on the film. */
const steered =
  'input[type=range], input[type=radio], [role=slider], [role=listbox], [role=tablist], [data-steered]';

/** True when the key belongs to what has the focus and not to a command. */
function belongsToFocus(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || !(event.target instanceof Element)) return true;
  const { target } = event;
  const chord = event.ctrlKey || event.metaKey;
  if (target.closest(textFields) !== null) return !chord || editing.test(event.key);
  if (target.closest('[role=dialog]') !== null) return true;
  if (event.key.startsWith('Arrow')) return target.closest(steered) !== null;
  if (event.key === 'Enter') return target.closest(pressables) !== null;
  if (event.key === ' ')
    return target.closest(`${pressables}, input[type=radio], input[type=checkbox]`) !== null;
  return false;
}

/** Listens for the keys of all commands. Returns the way to stop. */
export function bindKeys(
  commands: readonly Command[],
  rebound: Readonly<Record<string, string>>,
): () => void {
  const down: Record<string, (event: KeyboardEvent) => void> = {};
  let held: Command | null = null;
  for (const command of commands) {
    for (const press of pressesOf(command, rebound)) {
      down[press] = (event) => {
        if (!isEnabled(command)) return;
        event.preventDefault();
        if (event.repeat && (command.release !== undefined || event.key === 'Enter')) return;
        if (command.release !== undefined) held = command;
        command.perform();
      };
    }
  }
  const onKeyDown = createKeybindingsHandler(down, { ignore: belongsToFocus });
  const letGo = () => {
    held?.release?.();
    held = null;
  };
  const onKeyUp = (event: KeyboardEvent) => {
    if (held !== null && !event.repeat) letGo();
  };
  window.addEventListener('keydown', onKeyDown);
  window.addEventListener('keyup', onKeyUp);
  window.addEventListener('blur', letGo);
  return () => {
    window.removeEventListener('keydown', onKeyDown);
    window.removeEventListener('keyup', onKeyUp);
    window.removeEventListener('blur', letGo);
  };
}
