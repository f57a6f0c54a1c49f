import type { ReactNode } from 'react';
import type { Augmentation, StrongStep } from '../../electron/contract/recipe.ts';
import { cx } from '../cx.ts';
import styles from './startDialog.module.css';

const strongWords: Record<StrongStep, string> = {
  inversion: 'Inversion',
  gammaAndContrast: 'Gamma and contrast',
  blur: 'Blur',
  sharpening: 'Sharpening',
  multiplicativeNoise: 'Multiplicative noise',
  gaussianNoise: 'Gaussian noise',
  impulseNoise: 'Impulse noise',
  boxDropout: 'Box dropout',
  pooling: 'Pooling',
  elastic: 'Elastic motion',
  affine: 'Affine motion',
};

/** Which variations of the films are switched on, each by itself. */
export function AugmentationPart({
  augmentation,
  onChange,
}: {
  readonly augmentation: Augmentation;
  readonly onChange: (augmentation: Augmentation) => void;
}): ReactNode {
  const steps = Object.keys(strongWords) as StrongStep[];
  const on = steps.filter((step) => augmentation.strong[step]).length;
  return (
    <details className={styles['details']}>
      <summary>
        Augmentation: turned by up to {augmentation.rotationDegrees}°, {on} of {steps.length} strong steps
      </summary>
      <div className={styles['checks']}>
        <Check
          label="Mirrored"
          isSelected={augmentation.mirror > 0}
          onChange={(selected) => onChange({ ...augmentation, mirror: selected ? 0.5 : 0 })}
        />
        <Check
          label="Upside down"
          isSelected={augmentation.upsideDown > 0}
          onChange={(selected) => onChange({ ...augmentation, upsideDown: selected ? 0.5 : 0 })}
        />
        {steps.map((step) => (
          <Check
            key={step}
            label={strongWords[step]}
            isSelected={augmentation.strong[step]}
            onChange={(selected) =>
              onChange({ ...augmentation, strong: { ...augmentation.strong, [step]: selected } })
            }
          />
        ))}
      </div>
    </details>
  );
}

function Check({
  label,
  isSelected,
  onChange,
}: {
  readonly label: string;
  readonly isSelected: boolean;
  readonly onChange: (selected: boolean) => void;
}): ReactNode {
  return (
    <label className={cx(styles['check'])}>
      <input
        type="checkbox"
        checked={isSelected}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      {label}
    </label>
  );
}
