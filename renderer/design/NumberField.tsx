import type { ReactNode } from 'react';
import { useState } from 'react';
import { cx } from '../cx.ts';
import controls from './controls.module.css';
import styles from './numberField.module.css';

/** A whole number with its name; what is not one is said so and changes nothing. */
export function NumberField({
  id,
  label,
  value,
  least,
  most,
  onChange,
}: {
  readonly id: string;
  readonly label: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
  readonly onChange: (value: number) => void;
}): ReactNode {
  /** What is being typed; null while nothing is. */
  const [typed, setTyped] = useState<string | null>(null);
  const good = (text: string): boolean =>
    /^\d{1,10}$/.test(text) && Number(text) >= least && Number(text) <= most;
  const wrong = typed !== null && !good(typed);
  return (
    <div className={styles['row']}>
      <label htmlFor={id} className={controls['label']}>
        {label}
      </label>
      {wrong && (
        <span id={`${id}-wrong`} className={styles['wrong']}>
          {least} to {most}
        </span>
      )}
      <input
        id={id}
        inputMode="numeric"
        autoComplete="off"
        aria-invalid={wrong}
        {...(wrong ? { 'aria-describedby': `${id}-wrong` } : {})}
        className={cx(controls['input'], styles['number'])}
        value={typed ?? String(value)}
        onChange={(event) => {
          const text = event.currentTarget.value.trim();
          setTyped(text);
          if (good(text)) onChange(Number(text));
        }}
        onBlur={() => setTyped(null)}
      />
    </div>
  );
}
