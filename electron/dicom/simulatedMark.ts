/** Derivation Description of every film that Calcar simulates begins with this; readers know it by it. */
export const simulatedMark = 'Simulated radiograph, not a patient';
