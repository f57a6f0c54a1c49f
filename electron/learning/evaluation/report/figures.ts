/** The curves of an evaluation. */
import type { EvaluationReport } from '../../../contract/evaluation.ts';
import { counted, percent, ratio } from '../evaluateWords.ts';
import { escaped, figure, tableHtml } from './html.ts';
import { humanReaders, otherReaders } from './humanReaders.ts';
import { band, curve, guide, mark, unitPlot, whisker, type Shape, type Tone } from './plot.ts';

const keyOf = (sign: string, tone: Tone, words: string): string =>
  `<span class="key ${tone}" aria-hidden="true">${sign}</span> ${escaped(words)}`;

/** Letters of the thresholds on the curve, in the order of the report. */
const letterOf = (index: number): string => 'abc'[index] ?? '';

export function rocFigure({ fracture, warning }: EvaluationReport): string {
  const { roc, rocBand, operatingPoints, area } = fracture;
  if (roc.length === 0) return '<p>No ROC curve: broken or whole hips are missing.</p>';
  const points = operatingPoints.flatMap(({ sensitivity, specificity }, i) => {
    if (sensitivity === null || specificity === null) return [];
    const [x, y] = [1 - specificity.estimate, sensitivity.estimate];
    return [
      whisker([1 - specificity.low, y], [1 - specificity.high, y], 'one'),
      whisker([x, sensitivity.low], [x, sensitivity.high], 'one'),
      mark([x, y], 'diamond', 'one', letterOf(i)),
    ];
  });
  const people = humanReaders.flatMap(({ sensitivity, specificity }, i) => {
    const [x, y] = [1 - specificity.value, sensitivity.value];
    return [
      ...(specificity.low === null || specificity.high === null
        ? []
        : [whisker([1 - specificity.low, y], [1 - specificity.high, y], 'two')]),
      ...(sensitivity.low === null || sensitivity.high === null
        ? []
        : [whisker([x, sensitivity.low], [x, sensitivity.high], 'two')]),
      mark([x, y], 'triangle', 'two', String(i + 1), i === 0),
    ];
  });
  const picture = unitPlot('ROC curve of fracture against none', '1 − specificity', 'sensitivity', [
    guide([
      [0, 0],
      [1, 1],
    ]),
    band(rocBand),
    curve(roc, 'one'),
    ...points,
    ...people,
  ]);
  const films = warning === null ? 'other films than these' : 'real films, unlike the simulated ones here';
  const caption = `<b>ROC, fracture against none.</b> Hips found: AUC ${escaped(ratio(area.foundByPatient))}. The band holds 95 % of the draws of patients.
<br>${keyOf('◆', 'one', `thresholds fixed on the tuning patients, all hips: ${operatingPoints.map(({ name }, i) => `${letterOf(i)} ${name}`).join(', ')}`)}
<br>${keyOf('▲', 'two', `people, on ${films} and of other tasks: they show what is usual, and no comparison with this curve holds`)}
<ol>${humanReaders.map((reader) => `<li>${escaped(humanInWords(reader))}</li>`).join('')}</ol>
${otherReaders.map((words) => `<div>${escaped(words)}</div>`).join('')}`;
  const table = tableHtml(
    {
      title: '',
      notes: [],
      columns: ['Point', 'Sensitivity', 'Specificity'],
      rows: operatingPoints.map(({ name, sensitivity, specificity }, i) => [
        `${letterOf(i)} ${name}`,
        percent(sensitivity),
        percent(specificity),
      ]),
    },
    false,
  );
  return figure(picture, caption, table);
}

function humanInWords({ who, sensitivity, specificity, source }: (typeof humanReaders)[number]): string {
  const said = ({ value, low, high }: typeof sensitivity): string =>
    `${(100 * value).toFixed(0)} %${low === null || high === null ? '' : ` (${(100 * low).toFixed(0)} to ${(100 * high).toFixed(0)})`}`;
  return `${who}: sensitivity ${said(sensitivity)}, specificity ${said(specificity)}. ${source}.`;
}

export function precisionRecallFigure({ fracture }: EvaluationReport): string {
  const { precisionRecall, averagePrecision, prevalence } = fracture;
  if (precisionRecall.length === 0 || prevalence === null)
    return '<p>No precision-recall curve: broken or whole hips are missing.</p>';
  const picture = unitPlot('Precision and recall of fracture', 'recall (sensitivity)', 'precision (PPV)', [
    guide([
      [0, prevalence.estimate],
      [1, prevalence.estimate],
    ]),
    curve(precisionRecall, 'three'),
  ]);
  const table = tableHtml(
    {
      title: '',
      notes: [],
      columns: ['Measure', 'Value'],
      rows: [
        ['Average precision', ratio(averagePrecision)],
        ['Precision of guessing', percent(prevalence)],
      ],
    },
    false,
  );
  return figure(
    picture,
    `<b>Precision and recall, fracture against none.</b> Hips found: average precision ${escaped(ratio(averagePrecision))}. The dotted line is guessing: ${escaped(percent(prevalence))} of these hips are broken, which no station will see.`,
    table,
  );
}

export function reliabilityFigure({ calibration }: EvaluationReport, table: string): string {
  const { before, after, temperature } = calibration;
  const bins = (of: typeof before, shape: Shape, tone: Tone): string[] =>
    of.reliability.flatMap(({ confidence: x, right }) => [
      whisker([x, right.low], [x, right.high], tone),
      mark([x, right.estimate], shape, tone),
    ]);
  const picture = unitPlot('Confidence against share right', 'mean confidence of the answer', 'share right', [
    guide([
      [0, 0],
      [1, 1],
    ]),
    ...bins(before, 'circle', 'one'),
    ...(after === null ? [] : bins(after, 'square', 'two')),
  ]);
  const n = before.expectedCalibrationError;
  return figure(
    picture,
    `<b>Reliability.</b> Ten bins of how sure the answer was, with Wilson’s intervals${n === null ? '' : `, ${escaped(counted(n))}`}. On the dotted line the answers are as often right as they say.
<br>${keyOf('●', 'one', `as answered: calibration error ${ratio(before.expectedCalibrationError)}`)}${
      after === null || temperature === null
        ? ''
        : `<br>${keyOf('■', 'two', `at the temperature ${temperature.toFixed(2)}: ${ratio(after.expectedCalibrationError)}`)}`
    }`,
    table,
  );
}
