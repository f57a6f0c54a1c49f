/** Derivation Description of every film that Calcar simulates begins with this; readers know it by it. */
export const simulatedMark = 'Simulated radiograph, not a patient';
/** The same for a CT. */
export const simulatedCtMark = 'Simulated CT, not a patient';

/** Whether a Derivation Description says that Calcar made the picture. */
export const saysSimulated = (derivation: string | null): boolean =>
  derivation !== null && (derivation.startsWith(simulatedMark) || derivation.startsWith(simulatedCtMark));
