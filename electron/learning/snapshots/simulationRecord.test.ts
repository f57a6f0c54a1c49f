import { expect, it } from 'vitest';
import { degrees, mm } from '../../contract/units.ts';
import { sampleExposure, sampleLook, type Style } from '../../drr/exposure.ts';
import { exposeFilm } from '../../drr/film.ts';
import { anteroposterior } from '../../drr/geometry.ts';
import { seeded } from '../../random/random.ts';
import { smallFilm } from '../../station/testing/films.ts';
import { filmToDicom, type SimulationSource } from '../simulation/filmDicom.ts';
import { refuseAugmentation } from './simulationRecord.ts';

const phantom = { kind: 'phantom', seed: 1, parameters: { note: 'ä' } } as const;
const volume = { kind: 'volume', name: 'CT', sha256: 'a'.repeat(64), parameters: {} } as const;

function film(style: Style, source: SimulationSource): Uint8Array {
  const exposure = sampleExposure(seeded(3), style);
  const [rows, columns, spacing] = [40, 30, mm(0.8)];
  const geometry = anteroposterior({
    isocentre: [mm(0), mm(0), mm(0)],
    sourceToImageDistance: exposure.sourceToImageDistance,
    sourceToObjectDistance: exposure.sourceToObjectDistance,
    rows,
    columns,
    spacing,
    craniocaudalAngle: degrees(0),
    axialAngle: degrees(0),
    detectorRoll: degrees(0),
  });
  const soft = new Float32Array(rows * columns).fill(15);
  const bone = new Float32Array(rows * columns).fill(2);
  const look = sampleLook(seeded(4), style);
  return filmToDicom(exposeFilm({ rows, columns, spacing, soft, bone }, exposure, look, seeded(5)), {
    geometry,
    patient: { id: 'SIM-0042', sex: 'F', ageYears: 83 },
    view: 'left',
    source,
    software: '0.1.0',
    studyDate: '20260101',
  });
}

it('lets a phantom in the look of a clinic stand in for a film', () => {
  expect(() => refuseAugmentation(film('clinic', phantom))).not.toThrow();
  expect(() => refuseAugmentation(smallFilm(1))).not.toThrow();
});

it('refuses what was made to augment', () => {
  expect(() => refuseAugmentation(film('drr', phantom))).toThrow('plain look of a DRR');
  expect(() => refuseAugmentation(film('clinic', volume))).toThrow('computed from a CT');
});
