/** What people reach on films of patients, from the literature: points beside our curve, not rivals of it. */

interface Reported {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

export interface HumanReaders {
  readonly who: string;
  readonly sensitivity: Reported;
  readonly specificity: Reported;
  readonly source: string;
}

const share = (value: number, low: number | null = null, high: number | null = null): Reported => ({
  value,
  low,
  high,
});

/** Readers of whom both sensitivity and specificity are reported. */
export const humanReaders: readonly HumanReaders[] = [
  {
    who: 'clinicians of 42 studies of any fracture, external test sets',
    sensitivity: share(0.94, 0.9, 0.96),
    specificity: share(0.94, 0.91, 0.95),
    source: 'Kuo, Radiology 2022; 304: 50',
  },
  {
    who: 'the same, internal test sets',
    sensitivity: share(0.91, 0.85, 0.95),
    specificity: share(0.92, 0.89, 0.92),
    source: 'Kuo, Radiology 2022; 304: 50',
  },
  {
    who: 'musculoskeletal radiologists, proximal femur; no interval given',
    sensitivity: share(1),
    specificity: share(1),
    source: 'Yu, Clin Radiol 2020',
  },
];

/** Reports that have no place on the plane of the curve, in words. */
export const otherReaders: readonly string[] = [
  'Five radiologists, 200 proximal femoral fractures and 200 films without: AUC 0.969 (0.960 to 0.978; n = 400 films). Oakden-Rayner, Lancet Digit Health 2022.',
  'Emergency physicians, normal, Garden I-II or III-IV: 86.3 % of the cases right alone, 92.0 % with a network; no interval in our source. Eur J Radiol 2024 (PMID 39504732).',
];

/** How far readers agree with each other on the Garden grade of the same films. */
export const gardenReaders = [
  { who: 'Readers among themselves, four Garden grades', kappa: 0.31, source: 'van Embden 2012' },
  { who: 'Readers among themselves, I-II or III-IV', kappa: 0.52, source: 'van Embden 2012' },
] as const;
