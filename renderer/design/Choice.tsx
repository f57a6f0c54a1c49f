import type { ReactNode } from 'react';
import { RadioButton, RadioField } from 'react-aria-components';

/** One choice of a radio group. */
export function Choice({
  value,
  label,
  className,
  children,
}: {
  readonly value: string;
  /** What it is called where its content alone does not say it. */
  readonly label?: string;
  readonly className: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <RadioField value={value} {...(label === undefined ? {} : { 'aria-label': label })}>
      <RadioButton className={className}>{children}</RadioButton>
    </RadioField>
  );
}
