import { parametersOf, type LayerSpec, type Parameter, type Parameters } from './layers.ts';

/** Where a network begins that learned something before. */
export interface Transfer {
  readonly parameters: Parameters;
  /** Names of the layers that were taken over. */
  readonly copied: readonly string[];
  /** Layers that begin as they were, and why: each reason ends the sentence 'the layer was not taken over: it'. */
  readonly left: readonly { readonly layer: string; readonly reason: string }[];
  /** Arrays of the other network that this one has no layer for. */
  readonly unused: readonly string[];
}

/**
 * Takes the weights of another network over, a layer at a time by name and shape. A layer with one array that does
 * not fit (an input of three channels, an answer of a thousand classes) is left whole as it starts: its norm
 * would speak of another kernel.
 *
 * @param start the parameters of `layers` before
 * @throws RangeError when `start` lacks a parameter of `layers`
 */
export function transferred(layers: readonly LayerSpec[], start: Parameters, from: Parameters): Transfer {
  const parameters = new Map<string, Parameter>();
  const copied: string[] = [];
  const left: { layer: string; reason: string }[] = [];
  const used = new Set<string>();
  for (const layer of layers) {
    const specs = parametersOf(layer);
    for (const { name } of specs) used.add(name);
    const reason = specs.map((spec) => misfit(spec, from.get(spec.name))).find((found) => found !== null);
    const source = reason === undefined ? from : start;
    for (const { name } of specs) {
      const found = source.get(name);
      if (found === undefined) throw new RangeError(`no parameter ${name}`);
      parameters.set(name, found);
    }
    if (reason === undefined) copied.push(layer.name);
    else left.push({ layer: layer.name, reason });
  }
  return { parameters, copied, left, unused: [...from.keys()].filter((name) => !used.has(name)) };
}

function misfit(
  { role, shape }: { readonly role: string; readonly shape: readonly number[] },
  found: Parameter | undefined,
): string | null {
  if (found === undefined) return `has no ${role} in the file`;
  if (found.shape.join() === shape.join()) return null;
  return `has a ${role} of ${shape.join(' × ')} and the file one of ${found.shape.join(' × ')}`;
}
