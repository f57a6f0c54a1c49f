import type { ReactNode } from 'react';
import { useId } from 'react';
import { cx } from '../cx.ts';
import type { Reach } from './setup.ts';
import { hold, kept } from './setup.ts';
import styles from './inspector.module.css';

/** A slider with its name and its value in words; only previews are made while a hand is on it. */
export function Dial({
  label,
  value,
  reach,
  words,
  disabled = null,
  onChange,
}: {
  readonly label: string;
  readonly value: number;
  readonly reach: Reach;
  readonly words: string;
  /** Why it does nothing now; null where it does. */
  readonly disabled?: string | null;
  readonly onChange: (value: number) => void;
}): ReactNode {
  const id = useId();
  return (
    <div className={cx(styles['dial'], disabled !== null && styles['off'])}>
      <label htmlFor={id}>{label}</label>
      <output htmlFor={id}>{disabled ?? words}</output>
      <input
        id={id}
        type="range"
        min={reach.least}
        max={reach.most}
        step={reach.step}
        value={value}
        disabled={disabled !== null}
        aria-valuetext={words}
        onPointerDown={() => hold(true)}
        onPointerUp={() => hold(false)}
        onPointerCancel={() => hold(false)}
        onBlur={() => hold(false)}
        onChange={(event) => onChange(kept(event.currentTarget.valueAsNumber, reach))}
      />
    </div>
  );
}
