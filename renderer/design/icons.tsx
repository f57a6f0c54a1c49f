import type { ReactNode } from 'react';

const shapes = {
  reading: (
    <>
      <circle cx="9" cy="8" r="4" />
      <path d="M12 11l3.5 3v7M9 12l2.5 2.5V21" />
    </>
  ),
  lab: (
    <>
      <path d="M9 3h6v3H9zM10.5 6 5 17M13.5 6 19 17M4 20h16" />
      <circle cx="12" cy="14" r="2.2" />
    </>
  ),
  training: <path d="M4 20V4M4 20h16M7 8c2 6 6 8 12 8.5M7 15l3-1.5 3 2 5-6" />,
  models: <path d="M4 20h16M4 12h16M4 4h16M6 12V7h3v5M11 12V6h3v6M6 20v-5h3v5M13 20l1-5.5 3 .5-1 5" />,
  evaluation: <path d="M4 20V4M4 20h16M4 20 20 4M5 18C6 10 9 6.5 19 6" />,
  settings: (
    <>
      <circle cx="12" cy="12" r="3" />
      <path d="M12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.2 2.2M16.2 16.2l2.2 2.2M18.4 5.6l-2.2 2.2M7.8 16.2l-2.2 2.2" />
    </>
  ),
  list: <path d="M4 6h3M4 12h3M4 18h3M10 6h10M10 12h10M10 18h10" />,
  'label-next': <path d="M4 6h9M4 12h6M4 18h6M17 4v14M13.5 14.5 17 18l3.5-3.5" />,
  panel: <path d="M4 5h16v14H4zM14 5v14" />,
  keys: <path d="M3 7h18v10H3zM6.5 10.5h.01M10 10.5h.01M14 10.5h.01M17.5 10.5h.01M8 14h8" />,
  import: <path d="M12 4v11M7.5 10.5 12 15l4.5-4.5M5 20h14" />,
  search: (
    <>
      <circle cx="10.5" cy="10.5" r="5.5" />
      <path d="m15 15 5 5" />
    </>
  ),
  window: (
    <>
      <circle cx="12" cy="12" r="8" />
      <path d="M12 4a8 8 0 0 1 0 16z" fill="currentColor" />
    </>
  ),
  pan: (
    <path d="M12 3v18M3 12h18M12 3 9.5 5.5M12 3l2.5 2.5M12 21l-2.5-2.5M12 21l2.5-2.5M3 12l2.5-2.5M3 12l2.5 2.5M21 12l-2.5-2.5M21 12l-2.5 2.5" />
  ),
  box: <path d="M5 7V5h2M17 5h2v2M19 17v2h-2M7 19H5v-2M11 5h2M11 19h2M5 11v2M19 11v2" />,
  fit: <path d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5" />,
  invert: (
    <>
      <path d="M4 4h16v16H4z" />
      <path d="M4 20 20 4v16z" fill="currentColor" />
    </>
  ),
  turn: <path d="M19 12a7 7 0 1 1-2-4.9M17 3v4.2h-4.2" />,
  mirror: <path d="M12 3v18M9 7 4 17h5zM15 7l5 10h-5z" />,
  saliency: (
    <>
      <circle cx="12" cy="12" r="8" />
      <circle cx="12" cy="12" r="4.5" />
      <circle cx="12" cy="12" r="1.3" fill="currentColor" />
    </>
  ),
  undo: <path d="M8 5 4 9l4 4M4 9h9a6 6 0 0 1 0 12h-3" />,
  redo: <path d="m16 5 4 4-4 4M20 9h-9a6 6 0 0 0 0 12h3" />,
  remove: <path d="M6 6l12 12M18 6 6 18" />,
  failed: <path d="M12 4v10M12 19h.01" />,
  human: (
    <>
      <circle cx="12" cy="8" r="3.5" />
      <path d="M5 20c.8-4 3.6-6 7-6s6.2 2 7 6" />
    </>
  ),
} as const;
export type IconName = keyof typeof shapes;

/** A drawn sign beside a word or inside a button that carries its name. */
export function Icon({ name, size = 18 }: { readonly name: IconName; readonly size?: number }): ReactNode {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {shapes[name]}
    </svg>
  );
}
