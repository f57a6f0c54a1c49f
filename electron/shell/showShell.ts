import { CalcarError } from '../contract/errors.ts';
import { openShell, type Shell, type ShellOptions } from './openShell.ts';

/** A page that dies this often does not die by chance. */
const mostCrashes = 3;

/**
 * Shows the station until the person closes its window. A page that crashes is opened anew: the station
 * itself was not touched, and a read in progress comes back from its draft.
 *
 * @param opened is told of every window, the first one included
 * @throws CalcarError as `openShell`, and 'internal' when the page keeps crashing
 */
export async function showShell(options: ShellOptions, opened?: (shell: Shell) => void): Promise<void> {
  for (let crashes = 0; crashes < mostCrashes; crashes++) {
    const shell = await openShell(options);
    opened?.(shell);
    if ((await shell.closed) === 'closed') return;
  }
  throw new CalcarError(
    'internal',
    'The window crashed again and again, so it stays closed. Every saved read is safe. Run `calcar doctor`, or name another browser in CALCAR_BROWSER.',
  );
}
