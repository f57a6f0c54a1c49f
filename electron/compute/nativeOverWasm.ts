/** Native convolution under this many times wasm's speed is a finding. In a file of its own: it costs no tensor library. */
export const expectedNativeOverWasm = 1.5;
