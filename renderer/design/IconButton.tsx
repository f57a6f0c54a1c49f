import type { ReactNode } from 'react';
import { Button, ToggleButton, Tooltip, TooltipTrigger } from 'react-aria-components';
import type { Command } from '../commands/command.ts';
import { isEnabled, useKeyWords } from '../commands/command.ts';
import { cx } from '../cx.ts';
import type { IconName } from './icons.tsx';
import { Icon } from './icons.tsx';
import styles from './iconButton.module.css';

/** A command as a button with its sign; name and key stand in the tooltip. */
export function CommandButton({
  command,
  icon,
  label,
  pressed,
}: {
  readonly command: Command;
  readonly icon?: IconName;
  /** Words in place of a sign. */
  readonly label?: string;
  /** For commands that switch something: whether it is on. */
  readonly pressed?: boolean;
}): ReactNode {
  const keys = useKeyWords(command);
  const content = icon === undefined ? label : <Icon name={icon} />;
  const shared = {
    'aria-label': command.name,
    isDisabled: !isEnabled(command),
    onPress: () => command.perform(),
    className: cx(styles['button'], label !== undefined && styles['worded']),
  };
  return (
    <TooltipTrigger delay={500} closeDelay={0}>
      {pressed === undefined ? (
        <Button {...shared}>{content}</Button>
      ) : (
        <ToggleButton {...shared} isSelected={pressed}>
          {content}
        </ToggleButton>
      )}
      <Tooltip className={cx(styles['tooltip'])} offset={6}>
        {command.name}
        {keys !== '' && <kbd className={styles['key']}>{keys}</kbd>}
      </Tooltip>
    </TooltipTrigger>
  );
}
