import type { PointerEvent, ReactNode } from 'react';
import { useRef } from 'react';
import type { LabSetup } from '../../electron/contract/lab.ts';
import { useLab } from './lab.ts';
import { change, hold, reaches } from './setup.ts';
import styles from './inspector.module.css';

/** Radius of the circle on which the tube is drawn, and of a table top from side to side, in drawing units. */
const reach = 40;
const middle = { x: 70, y: 56 } as const;

/**
 * Tube and detector about the patient, seen from his left side and from his feet. The tube can be dragged;
 * the sliders below do the same by keyboard.
 */
export function TubeDrawing(): ReactNode {
  const setup = useLab((now) => now.setup);
  return (
    <div className={styles['drawings']}>
      <Side
        name="From the side"
        ends={['head', 'feet']}
        body={{ rx: 30, ry: 11 }}
        angle={setup.craniocaudalAngle}
        toAngle={(angle) => ({ craniocaudalAngle: clamp(angle, reaches.craniocaudalAngle) })}
        // The tube above the feet points to the head: a cranial beam has its tube on the right here.
        sign={1}
      />
      <Side
        name="From the feet"
        ends={['right', 'left']}
        body={{ rx: 22, ry: 12 }}
        angle={setup.axialAngle}
        toAngle={(angle) => ({ axialAngle: clamp(angle, reaches.axialAngle) })}
        // A beam to the patient's left comes from his right, which is on the left here.
        sign={-1}
      />
    </div>
  );
}

const clamp = (angle: number, { least, most }: { least: number; most: number }): number =>
  Math.min(most, Math.max(least, Math.round(angle)));

function Side({
  name,
  ends,
  body,
  angle,
  toAngle,
  sign,
}: {
  readonly name: string;
  readonly ends: readonly [string, string];
  readonly body: { readonly rx: number; readonly ry: number };
  /** Degrees; see `LabSetup`. */
  readonly angle: number;
  readonly toAngle: (angle: number) => Partial<LabSetup>;
  /** Which way the tube goes on the drawing for a positive angle: 1 right, -1 left. */
  readonly sign: 1 | -1;
}): ReactNode {
  const drawing = useRef<SVGSVGElement>(null);
  const held = useRef(false);
  const turned = sign * angle;
  const drag = (event: PointerEvent) => {
    const matrix = drawing.current?.getScreenCTM();
    if (!held.current || matrix == null) return;
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    const degrees = (Math.atan2(at.x - middle.x, middle.y - at.y) * 180) / Math.PI;
    change('turn', toAngle(sign * degrees));
  };
  const end = () => {
    held.current = false;
    hold(false);
  };
  return (
    <figure className={styles['drawing']}>
      <svg
        ref={drawing}
        viewBox="0 0 140 104"
        aria-hidden="true"
        data-tube={name}
        onPointerDown={(event) => {
          held.current = true;
          hold(true);
          event.currentTarget.setPointerCapture(event.pointerId);
          drag(event);
        }}
        onPointerMove={drag}
        onPointerUp={end}
        onPointerCancel={end}
      >
        <ellipse cx={middle.x} cy={middle.y} rx={body.rx} ry={body.ry} className={styles['body']} />
        <text x={4} y={middle.y + 4} className={styles['end']}>
          {ends[0]}
        </text>
        <text x={136} y={middle.y + 4} textAnchor="end" className={styles['end']}>
          {ends[1]}
        </text>
        <g transform={`rotate(${String(turned)} ${String(middle.x)} ${String(middle.y)})`}>
          <path
            d={`M${String(middle.x)} ${String(middle.y - reach)}L${String(middle.x - 17)} ${String(middle.y + 24)}H${String(middle.x + 17)}z`}
            className={styles['beam']}
          />
          <path d={`M${String(middle.x - 22)} ${String(middle.y + 24)}h44`} className={styles['detector']} />
          <rect
            x={middle.x - 9}
            y={middle.y - reach - 10}
            width={18}
            height={12}
            rx={3}
            className={styles['tube']}
          />
        </g>
      </svg>
      <figcaption>{name}</figcaption>
    </figure>
  );
}
