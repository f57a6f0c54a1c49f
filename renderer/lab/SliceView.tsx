import type { KeyboardEvent, PointerEvent, ReactNode } from 'react';
import { useEffect, useRef, useState } from 'react';
import type { LabHip, LabPlane, LabSide, LabVolume } from '../../electron/contract/lab.ts';
import {
  fromSlice,
  planeAxes,
  toIndex,
  toPatient,
  toSlice,
  within,
} from '../../electron/contract/labFrame.ts';
import type { FrameIndex } from '../../electron/contract/labFrame.ts';
import { sentenceOf } from '../station.ts';
import { cx } from '../cx.ts';
import { lab, setLab, useLab } from './lab.ts';
import type { SlicePicture } from './slices.ts';
import { sliceAsker } from './slices.ts';
import { placeHip, showHip } from './volumes.ts';
import styles from './slices.module.css';

const names: Record<LabPlane, string> = { axial: 'Axial', coronal: 'Coronal', sagittal: 'Sagittal' };

/** One plane: the wheel and the slider go through its slices, a click puts the cross, a hip's circle can be dragged. */
export function SliceView({
  plane,
  open,
}: {
  readonly plane: LabPlane;
  readonly open: LabVolume;
}): ReactNode {
  const cross = useLab((now) => now.cross);
  const window = useLab((now) => now.window);
  const { frame } = open;
  const { column, row, slice: across } = planeAxes[plane];
  const index = Math.round(cross[across]);
  const [slice, setSlice] = useState<SlicePicture | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [ask] = useState(() =>
    sliceAsker(
      (made) => {
        setSlice(made);
        setProblem(null);
      },
      (error) => setProblem(sentenceOf(error)),
    ),
  );
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawing = useRef<SVGSVGElement>(null);
  useEffect(
    () => ask({ volume: open.volume, plane, index, window }),
    [ask, open.volume, plane, index, window],
  );
  useEffect(() => {
    const element = canvas.current;
    if (element === null || slice === null) return;
    element.width = slice.columns;
    element.height = slice.rows;
    element.getContext('2d')?.putImageData(slice.image, 0, 0);
  }, [slice]);

  const width = frame.size[column] * frame.spacing[column];
  const height = frame.size[row] * frame.spacing[row];
  const go = (to: number) => {
    const moved: [number, number, number] = [...cross];
    moved[across] = to;
    setLab({ cross: within(frame, moved) });
  };
  useEffect(() => {
    const element = drawing.current;
    if (element === null) return;
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const moved: [number, number, number] = [...lab().cross];
      moved[across] = Math.round(moved[across]) + Math.sign(event.deltaY);
      setLab({ cross: within(frame, moved) });
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => element.removeEventListener('wheel', wheel);
  }, [across, frame]);

  const held = useRef(false);
  /** Place of the pointer in the slice's millimetres. */
  const place = (event: PointerEvent): { x: number; y: number } => {
    const matrix = drawing.current?.getScreenCTM();
    if (matrix == null) return { x: 0, y: 0 };
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    return { x, y };
  };
  const indexAt = (event: PointerEvent): FrameIndex => {
    const { x, y } = place(event);
    return fromSlice(frame, plane, lab().cross, {
      x: x / frame.spacing[column],
      y: y / frame.spacing[row],
    });
  };
  const at = toSlice(frame, plane, cross);
  const [x, y] = [at.x * frame.spacing[column], at.y * frame.spacing[row]];
  return (
    <figure className={styles['plane']} data-plane={plane}>
      <div className={styles['frame']}>
        <svg
          ref={drawing}
          viewBox={`0 0 ${String(width)} ${String(height)}`}
          className={styles['drawing']}
          onPointerDown={(event) => {
            held.current = true;
            event.currentTarget.setPointerCapture(event.pointerId);
            setLab({ cross: indexAt(event) });
          }}
          onPointerMove={(event) => {
            if (held.current) setLab({ cross: indexAt(event) });
          }}
          onPointerUp={() => (held.current = false)}
          onPointerCancel={() => (held.current = false)}
        >
          <foreignObject width={width} height={height}>
            <canvas
              ref={canvas}
              role="img"
              aria-label={`${names[plane]} slice ${String(index + 1)} of ${String(frame.size[across])}`}
              className={cx(styles['pixels'], slice === null && styles['dark'])}
              data-shown={slice !== null}
            />
          </foreignObject>
          <path
            d={`M${String(x)} 0V${String(height)}M0 ${String(y)}H${String(width)}`}
            className={styles['cross']}
            vectorEffect="non-scaling-stroke"
          />
          {(['right', 'left'] as const).map((side) => (
            <HipCircle
              key={side}
              side={side}
              hip={open.hips[side]}
              plane={plane}
              open={open}
              indexAt={indexAt}
            />
          ))}
        </svg>
        {slice === null && problem === null && (
          <p className={styles['word']} role="status">
            Loading
          </p>
        )}
        {problem !== null && (
          <p className={styles['word']} role="alert">
            {problem}
          </p>
        )}
      </div>
      <figcaption className={styles['caption']}>
        <label htmlFor={`slice-${plane}`}>{names[plane]}</label>
        <input
          id={`slice-${plane}`}
          type="range"
          min={0}
          max={frame.size[across] - 1}
          value={index}
          aria-valuetext={`slice ${String(index + 1)} of ${String(frame.size[across])}`}
          onChange={(event) => go(event.currentTarget.valueAsNumber)}
        />
        <output htmlFor={`slice-${plane}`}>
          {index + 1} / {frame.size[across]}
        </output>
      </figcaption>
    </figure>
  );
}

/** The femoral head's outline on this slice: dashed as the machine found it, solid as a person placed it. */
function HipCircle({
  side,
  hip,
  plane,
  open,
  indexAt,
}: {
  readonly side: LabSide;
  readonly hip: LabHip;
  readonly plane: LabPlane;
  readonly open: LabVolume;
  readonly indexAt: (event: PointerEvent) => FrameIndex;
}): ReactNode {
  const { frame } = open;
  const cross = useLab((now) => now.cross);
  const grip = useRef<FrameIndex | null>(null);
  if (hip.state === 'missing') return null;
  const { column, row, slice: across } = planeAxes[plane];
  const centre = toIndex(frame, hip.headCentre);
  const off = (centre[across] - cross[across]) * frame.spacing[across];
  if (Math.abs(off) >= hip.headRadius) return null;
  const at = toSlice(frame, plane, centre);
  const shown = Math.sqrt(hip.headRadius ** 2 - off ** 2);
  const to = (index: FrameIndex): [number, number, number] => toPatient(frame, within(frame, index));
  const steer = (event: KeyboardEvent) => {
    const step = arrows[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (event.altKey) {
      const radius = Math.min(60, Math.max(5, hip.headRadius - step[1] * 0.5));
      void placeHip(side, { centre: hip.headCentre, radius });
      return;
    }
    const moved: [number, number, number] = [...centre];
    moved[column] += step[0] / frame.spacing[column];
    moved[row] += (planeAxes[plane].rowsFall ? -step[1] : step[1]) / frame.spacing[row];
    void placeHip(side, { centre: to(moved), radius: hip.headRadius });
  };
  return (
    <g
      tabIndex={0}
      role="group"
      data-steered=""
      data-hip={side}
      aria-roledescription="femoral head"
      aria-label={`${side} femoral head. Arrow keys move it by a millimetre, with Alt up and down make it larger or smaller.`}
      className={cx(styles['hip'], hip.by === 'person' && styles['placed'])}
      onKeyDown={steer}
      onPointerDown={(event) => {
        event.stopPropagation();
        const from = indexAt(event);
        grip.current = [centre[0] - from[0], centre[1] - from[1], centre[2] - from[2]];
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        const { current } = grip;
        if (current === null) return;
        event.stopPropagation();
        const from = indexAt(event);
        // Across the slices it stays where it was: the hand moves in this plane.
        const moved: [number, number, number] = [...centre];
        for (const n of [column, row]) moved[n] = from[n] + current[n];
        showHip(side, { ...hip, by: 'person', headCentre: to(moved) });
      }}
      onPointerUp={(event) => {
        if (grip.current === null) return;
        event.stopPropagation();
        grip.current = null;
        void placeHip(side, { centre: hip.headCentre, radius: hip.headRadius });
      }}
      onPointerCancel={() => (grip.current = null)}
    >
      <circle
        cx={at.x * frame.spacing[column]}
        cy={at.y * frame.spacing[row]}
        r={shown}
        vectorEffect="non-scaling-stroke"
      />
    </g>
  );
}

const arrows: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
