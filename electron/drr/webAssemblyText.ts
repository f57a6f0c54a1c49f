/**
 * A small assembler for the part of the WebAssembly text format that the ray kernel is written in: one imported memory,
 * exported functions, folded instructions, named locals and labels. Numbers after `;;` on a line are for the reader.
 */

type Node = string | readonly Node[];

const valueTypes: Record<string, number> = { i32: 0x7f, f64: 0x7c, v128: 0x7b };

/** Instructions that take only operands. */
const plain: Record<string, readonly number[]> = {
  'i32.eqz': [0x45],
  'i32.gt_s': [0x4a],
  'i32.add': [0x6a],
  'i32.sub': [0x6b],
  'i32.shl': [0x74],
  'f64.lt': [0x63],
  'f64.add': [0xa0],
  'f64.sub': [0xa1],
  'f64.max': [0xa5],
  'i32.trunc_sat_f64_s': [0xfc, 0x02],
  'i32x4.splat': [0xfd, 0x11],
  'f64x2.splat': [0xfd, 0x14],
  'f64x2.lt': [0xfd, 0x49],
  'f64x2.gt': [0xfd, 0x4a],
  'f64x2.le': [0xfd, 0x4b],
  'v128.and': [0xfd, 0x4e],
  'v128.andnot': [0xfd, 0x4f],
  'v128.bitselect': [0xfd, 0x52],
  'v128.any_true': [0xfd, 0x53],
  'f64x2.floor': [0xfd, 0x75],
  'f64x2.nearest': [0xfd, 0x94, 0x01],
  'i32x4.add': [0xfd, 0xae, 0x01],
  'i32x4.sub': [0xfd, 0xb1, 0x01],
  'f64x2.abs': [0xfd, 0xec, 0x01],
  'f64x2.add': [0xfd, 0xf0, 0x01],
  'f64x2.sub': [0xfd, 0xf1, 0x01],
  'f64x2.mul': [0xfd, 0xf2, 0x01],
  'f64x2.div': [0xfd, 0xf3, 0x01],
  'f64x2.pmin': [0xfd, 0xf6, 0x01],
  'f64x2.pmax': [0xfd, 0xf7, 0x01],
  'f64x2.convert_low_i32x4_s': [0xfd, 0xfe, 0x01],
};

/**
 * Instructions that address memory, at offset 0, with the alignment (as a power of two) that they promise; a lane store
 * is of lane 0.
 */
const memory: Record<string, readonly number[]> = {
  'i32.load16_u': [0x2f, 1, 0],
  'v128.load': [0xfd, 0x00, 3, 0],
  'v128.load64_zero': [0xfd, 0x5d, 3, 0],
  'v128.store': [0xfd, 0x0b, 3, 0],
  'v128.store64_lane': [0xfd, 0x5b, 3, 0, 0],
};

/** Instructions that name lanes before their operands, and how many. */
const lanes: Record<string, readonly [code: readonly number[], count: number]> = {
  'i8x16.shuffle': [[0xfd, 0x0d], 16],
  'i32x4.extract_lane': [[0xfd, 0x1b], 1],
  'f64x2.extract_lane': [[0xfd, 0x21], 1],
  'f64x2.replace_lane': [[0xfd, 0x22], 1],
};

const locals: Record<string, number> = { 'local.get': 0x20, 'local.set': 0x21, 'local.tee': 0x22 };

/**
 * The binary module of a text: `(memory "module" "name")` for the imported memory, then
 * `(func "exported name" (param $a f64) … (local $b i32) … instructions)`.
 *
 * @throws Error for what is not in this part of the format: the text is the program's own, so that is its mistake
 */
export function assemble(text: string): Uint8Array<ArrayBuffer> {
  const nodes = parse(text.replaceAll(/;;.*$/gm, ''));
  const functions = nodes.filter((node) => head(node) === 'func').map(assembleFunction);
  const [, from, name] = nodes.find((node) => head(node) === 'memory') as readonly string[];
  const section = (id: number, entries: readonly (readonly number[])[]): number[] => {
    const body = [...unsigned(entries.length), ...entries.flat()];
    return [id, ...unsigned(body.length), ...body];
  };
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(
      1,
      functions.map(({ params }) => [0x60, ...unsigned(params.length), ...params, 0x00]),
    ),
    ...section(2, [[...quoted(from!), ...quoted(name!), 0x02, 0x00, 0x01]]),
    ...section(
      3,
      functions.map((_, n) => unsigned(n)),
    ),
    ...section(
      7,
      functions.map((one, n) => [...quoted(one.name), 0x00, ...unsigned(n)]),
    ),
    ...section(
      10,
      functions.map(({ code }) => [...unsigned(code.length), ...code]),
    ),
  ]);
}

function parse(text: string): readonly Node[] {
  const stack: Node[][] = [[]];
  for (const [token] of text.matchAll(/[()]|[^\s()]+/g)) {
    if (token === '(') stack.push([]);
    else if (token === ')') {
      const done = stack.pop()!;
      stack.at(-1)!.push(done);
    } else stack.at(-1)!.push(token);
  }
  if (stack.length !== 1) throw new Error('The parentheses of a WebAssembly text do not match.');
  return stack[0]!;
}

const head = (node: Node): Node | undefined => (typeof node === 'string' ? node : node[0]);

interface AssembledFunction {
  readonly name: string;
  readonly params: readonly number[];
  readonly code: readonly number[];
}

function assembleFunction(node: Node): AssembledFunction {
  const [, name, ...rest] = node as readonly Node[];
  const names = new Map<string, number>();
  const types = { param: [] as number[], local: [] as number[] };
  const code: number[] = [];
  const labels: string[] = [];
  const indexOf = (local: Node): number[] => {
    const index = names.get(local as string);
    if (index === undefined) throw new Error(`WebAssembly text: no local ${String(local)}`);
    return unsigned(index);
  };

  const emit = (instruction: Node): void => {
    if (typeof instruction === 'string') throw new Error(`WebAssembly text: stray ${instruction}`);
    const [operation, ...operands] = instruction as readonly [string, ...Node[]];
    if (operation === 'block' || operation === 'loop') {
      labels.push(operands[0] as string);
      code.push(operation === 'block' ? 0x02 : 0x03, 0x40);
      operands.slice(1).forEach(emit);
      code.push(0x0b);
      labels.pop();
    } else if (operation === 'if') {
      const [condition, then, otherwise] = operands as [Node, readonly Node[], (readonly Node[])?];
      emit(condition);
      labels.push('');
      code.push(0x04, 0x40);
      then.slice(1).forEach(emit);
      if (otherwise !== undefined) {
        code.push(0x05);
        otherwise.slice(1).forEach(emit);
      }
      code.push(0x0b);
      labels.pop();
    } else if (operation === 'br' || operation === 'br_if') {
      operands.slice(1).forEach(emit);
      const depth = labels.length - 1 - labels.lastIndexOf(operands[0] as string);
      code.push(operation === 'br' ? 0x0c : 0x0d, ...unsigned(depth));
    } else if (operation in locals) {
      operands.slice(1).forEach(emit);
      code.push(locals[operation]!, ...indexOf(operands[0]!));
    } else if (operation === 'i32.const') {
      code.push(0x41, ...signed(Number(operands[0])));
    } else if (operation === 'f64.const') {
      const value =
        operands[0] === 'inf' ? Infinity : operands[0] === '-inf' ? -Infinity : Number(operands[0]);
      code.push(0x44, ...new Uint8Array(Float64Array.of(value).buffer));
    } else if (operation in memory) {
      operands.forEach(emit);
      code.push(...memory[operation]!);
    } else if (operation in lanes) {
      const [bytes, count] = lanes[operation]!;
      operands.slice(count).forEach(emit);
      code.push(...bytes, ...operands.slice(0, count).map(Number));
    } else {
      const bytes = plain[operation];
      if (bytes === undefined) throw new Error(`WebAssembly text: no instruction ${operation}`);
      operands.forEach(emit);
      code.push(...bytes);
    }
  };

  for (const part of rest) {
    const kind = head(part);
    if (kind === 'param' || kind === 'local') {
      const [, local, type] = part as readonly string[];
      names.set(local!, names.size);
      types[kind].push(valueTypes[type!]!);
    } else emit(part);
  }
  const declared = types.local.flatMap((type) => [1, type]);
  return {
    name: name as string,
    params: types.param,
    code: [...unsigned(types.local.length), ...declared, ...code, 0x0b],
  };
}

function quoted(text: string): number[] {
  const bytes = [...new TextEncoder().encode(text.replaceAll('"', ''))];
  return [...unsigned(bytes.length), ...bytes];
}

/** LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) | 0x80);
  return [...bytes, left];
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let left = value | 0; ;) {
    const byte = left & 0x7f;
    left >>= 7;
    if ((left === 0 && (byte & 0x40) === 0) || (left === -1 && (byte & 0x40) !== 0)) return [...bytes, byte];
    bytes.push(byte | 0x80);
  }
}
