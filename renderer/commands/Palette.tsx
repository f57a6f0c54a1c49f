import type { ReactNode } from 'react';
import {
  Autocomplete,
  Dialog,
  Input,
  Menu,
  MenuItem,
  Modal,
  ModalOverlay,
  SearchField,
  useFilter,
} from 'react-aria-components';
import { setApp, useApp } from '../app/store.ts';
import { cx } from '../cx.ts';
import controls from '../design/controls.module.css';
import dialog from '../design/dialog.module.css';
import { isEnabled, pressesOf, pressWords } from './command.ts';
import { command, commands } from './commands.ts';
import styles from './commands.module.css';

/** Every command by its name, for a person who does not know its key. */
export function Palette(): ReactNode {
  const open = useApp((app) => app.overlay === 'palette');
  const rebound = useApp((app) => app.settings.keys);
  const { contains } = useFilter({ sensitivity: 'base' });
  const offered = commands.filter(
    ({ id, release }) => release === undefined && id !== 'palette' && id !== 'escape',
  );
  return (
    <ModalOverlay
      isOpen={open}
      onOpenChange={(isOpen) => setApp({ overlay: isOpen ? 'palette' : null })}
      isDismissable
      className={cx(dialog['veil'], dialog['high'])}
    >
      <Modal className={cx(dialog['modal'])}>
        <Dialog aria-label="Command palette" className={cx(styles['palette'])}>
          <Autocomplete filter={contains}>
            <SearchField aria-label="Command" autoFocus>
              <Input placeholder="What do you want to do?" className={cx(controls['input'])} />
            </SearchField>
            <div className={styles['menu']} tabIndex={0} role="region" aria-label="Found commands">
              <Menu
                aria-label="Commands"
                items={offered}
                disabledKeys={offered.filter((each) => !isEnabled(each)).map(({ id }) => id)}
                renderEmptyState={() => <p className={styles['nothing']}>No command is called that.</p>}
                onAction={(id) => {
                  setApp({ overlay: null });
                  // After the palette has handed the focus back, so that a command may take it.
                  requestAnimationFrame(() => command(String(id)).perform());
                }}
              >
                {(each) => (
                  <MenuItem id={each.id} textValue={each.name} className={cx(styles['item'])}>
                    <span>{each.name}</span>
                    {pressesOf(each, rebound)[0] !== undefined && (
                      <kbd className={controls['key']}>{pressWords(pressesOf(each, rebound)[0] ?? '')}</kbd>
                    )}
                  </MenuItem>
                )}
              </Menu>
            </div>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
