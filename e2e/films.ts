import { join } from 'node:path';

/** What the folder that is imported holds, by the name that the worklist shows. */
export const films = {
  pelvis: { file: 'pelvis.dcm', name: 'Pelvis, Paula' },
  hip: { file: 'hip.dcm', name: 'Hip, Henry' },
  compressed: { file: 'compressed.dcm', name: 'Compressed, Carla' },
  chest: { file: 'chest.dcm', name: 'Chest, Charles' },
  broken: { file: 'broken.dcm', name: 'broken.dcm' },
  text: { file: 'notes.txt', name: 'notes.txt' },
} as const;

export type FilmKey = keyof typeof films;

export const filmsFolder = () => process.env['CALCAR_E2E_FILMS'] ?? '';
export const filmPath = (film: FilmKey) => join(filmsFolder(), films[film].file);
