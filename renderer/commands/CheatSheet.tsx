import type { ReactNode } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { setApp, useApp } from '../app/store.ts';
import { cx } from '../cx.ts';
import controls from '../design/controls.module.css';
import dialog from '../design/dialog.module.css';
import type { Command } from './command.ts';
import { pressesOf, pressWords } from './command.ts';
import { commands } from './commands.ts';
import styles from './commands.module.css';

export const commandGroups: readonly Command['group'][] = [
  'Read',
  'Boxes',
  'Film',
  'Worklist',
  'Lab',
  'Training',
  'Models',
  'Station',
];

/** All keys on one sheet, as they are bound now. */
export function CheatSheet(): ReactNode {
  const open = useApp((app) => app.overlay === 'keys');
  const rebound = useApp((app) => app.settings.keys);
  return (
    <ModalOverlay
      isOpen={open}
      onOpenChange={(isOpen) => setApp({ overlay: isOpen ? 'keys' : null })}
      isDismissable
      className={cx(dialog['veil'])}
    >
      <Modal className={cx(dialog['modal'], dialog['wide'])}>
        <Dialog className={cx(dialog['dialog'])}>
          <Heading slot="title" className={cx(dialog['title'])}>
            Keys
          </Heading>
          <div className={styles['sheet']}>
            {commandGroups.map((group) => (
              <section key={group} className={styles['group']}>
                <h3 className={controls['heading']}>{group}</h3>
                <dl>
                  {commands
                    .filter((command) => command.group === group && pressesOf(command, rebound).length > 0)
                    .map((command) => (
                      <div key={command.id} className={styles['line']}>
                        <dt>{command.name}</dt>
                        <dd>
                          <kbd className={controls['key']}>
                            {pressWords(pressesOf(command, rebound)[0] ?? '')}
                          </kbd>
                        </dd>
                      </div>
                    ))}
                </dl>
              </section>
            ))}
          </div>
          <p className={styles['hand']}>
            Mouse: left drag moves the film, right drag windows it, the wheel zooms. Keys can be changed in
            the settings.
          </p>
          <div className={dialog['actions']}>
            <Button className={cx(controls['button'])} onPress={() => setApp({ overlay: null })}>
              Close
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
