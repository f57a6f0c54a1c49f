import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackendSurvey } from '../compute/jobs.ts';
import { doctorReport as reportShape, type BackendReport, type DoctorReport } from '../contract/doctor.ts';
import { CalcarError } from '../contract/errors.ts';
import { doctorReport, formatDoctor, type DoctorOptions } from './doctor.ts';

const backend = (name: BackendReport['name'], changes: Partial<BackendReport> = {}): BackendReport => ({
  name,
  loaded: true,
  passed: true,
  gigaflops: { tensorflow: 150, webgpu: 400, wasm: 20, cpu: 0.6 }[name],
  device: 'Some Processor, 2 cores',
  canTrain: name !== 'wasm',
  chosen: name === 'tensorflow',
  reason: null,
  ...changes,
});
const healthy: BackendSurvey = {
  backends: [backend('tensorflow'), backend('wasm'), backend('cpu')],
  nativeOverWasm: 7.5,
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'calcar-doctor-'));
});
afterAll(() => rm(folder, { recursive: true }));

const examine = (changes: Partial<DoctorOptions> = {}): Promise<DoctorReport> =>
  doctorReport({
    dataDir: folder,
    survey: () => Promise.resolve(healthy),
    findBrowser: () => Promise.resolve({ name: 'Chromium at /usr/bin/chromium', headlessOnly: false }),
    ...changes,
  });
const lineOf = (report: DoctorReport, part: string) => report.lines.find((line) => line.part === part)!;

describe('the doctor', () => {
  it('gives a report of the contract, with every part once', async () => {
    const report = await examine();
    expect(reportShape.parse(report)).toEqual(report);
    const parts = report.lines.map(({ part }) => part);
    expect(new Set(parts).size).toBe(parts.length);
    expect(lineOf(report, 'SQLite').state).toBe('ok');
    expect(lineOf(report, 'SQLite').found).toMatch(/^3\.\d+/);
  });

  it('says of everything that is missing what is used instead', async () => {
    const empty = await mkdtemp(path.join(folder, 'empty-'));
    const report = await examine({
      environment: { PATH: empty },
      findBrowser: () => Promise.reject(new Error('no browser anywhere')),
      survey: () => Promise.reject(new CalcarError('backend-unavailable', 'No tensor backend works here.')),
    });
    for (const part of ['Browser', 'Display', 'Native TensorFlow', 'Python', 'C++ compiler']) {
      const line = lineOf(report, part);
      expect(line.state, part).toMatch(/missing|failed/);
      expect(line.instead, part).not.toBeNull();
      expect(line.mend, part).not.toBeNull();
    }
    expect(lineOf(report, 'Native TensorFlow').found).toBe('No tensor backend works here.');
    expect(report.backends).toEqual([]);
    expect(formatDoctor(report)).toContain('to mend it');
  });

  it('tells Python without pip from no Python', async () => {
    const tools = await mkdtemp(path.join(folder, 'tools-'));
    const python = path.join(tools, 'python3');
    await writeFile(python, '#!/bin/sh\n[ "$1" = --version ] && echo Python 3.11.2\n');
    await chmod(python, 0o755);
    const line = lineOf(await examine({ environment: { PATH: tools } }), 'Python');
    expect(line.found).toBe('Python 3.11.2 without pip');
    expect(line.mend).toContain('apt-get install python3-pip');
  });

  it('makes a native TensorFlow that is slower than 1.5 times wasm a finding', async () => {
    const survey = { ...healthy, nativeOverWasm: 1.2 };
    const line = lineOf(await examine({ survey: () => Promise.resolve(survey) }), 'Native TensorFlow');
    expect(line.state).toBe('failed');
    expect(line.found).toContain('1.20 times');
  });

  it('names wasm and the mending command when native TensorFlow does not load', async () => {
    const survey: BackendSurvey = {
      backends: [
        backend('tensorflow', {
          loaded: false,
          passed: false,
          gigaflops: null,
          device: '',
          chosen: false,
          reason: 'It does not load: no binding',
        }),
        backend('wasm', { chosen: true }),
        backend('cpu'),
      ],
      nativeOverWasm: null,
    };
    const report = await examine({ survey: () => Promise.resolve(survey) });
    expect(lineOf(report, 'Native TensorFlow')).toEqual({
      part: 'Native TensorFlow',
      state: 'missing',
      found: 'It does not load: no binding',
      instead: 'wasm: reads more slowly and cannot train',
      mend: 'node build/setup.mjs',
    });
    const text = formatDoctor(report);
    expect(text.match(/no binding/g)).toHaveLength(1);
    expect(text).toMatch(/^> wasm/m);
  });

  it('offers the CUDA build to an NVIDIA card that TensorFlow does not use', async () => {
    const tools = await mkdtemp(path.join(folder, 'card-'));
    const query = path.join(tools, 'nvidia-smi');
    await writeFile(query, '#!/bin/sh\necho NVIDIA T4\n');
    await chmod(query, 0o755);
    const environment = { PATH: `${tools}:/bin` };
    const unused = lineOf(await examine({ environment }), 'Graphics card');
    expect(unused).toMatchObject({ state: 'fallback', mend: 'CALCAR_TENSORFLOW=cuda node build/setup.mjs' });
    const survey = { ...healthy, backends: [backend('tensorflow', { device: 'NVIDIA T4' })] };
    const used = await examine({ environment, survey: () => Promise.resolve(survey) });
    expect(lineOf(used, 'Graphics card')).toMatchObject({ state: 'ok', found: 'NVIDIA T4' });
  });

  it('looks at the disk where a data folder that is not there yet will be', async () => {
    const line = lineOf(await examine({ dataDir: path.join(folder, 'not', 'yet') }), 'Disk');
    expect(line.found).toMatch(/ GB free at .*not.yet$/);
  });

  it('leaves the browser out where none is used', async () => {
    const report = await doctorReport({ dataDir: folder, survey: () => Promise.resolve(healthy) });
    expect(report.lines.map(({ part }) => part)).not.toContain('Browser');
  });
});

describe('the printed report', () => {
  it('aligns its columns', async () => {
    const rows = formatDoctor(await examine())
      .split('\n')
      .filter((row) => /^(> | {2})(tensorflow|wasm|cpu)/.test(row));
    expect(rows).toHaveLength(3);
    const starts = rows.map((row) => row.indexOf('Some Processor'));
    expect(new Set(starts).size).toBe(1);
  });
});
