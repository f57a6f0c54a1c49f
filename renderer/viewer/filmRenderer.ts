import type { Voi } from '../../electron/contract/film.ts';
import { CalcarError } from '../../electron/contract/errors.ts';
import { fragmentShader, vertexShader } from './shaders.ts';
import type { ReducedFilm } from './reduce.ts';
import { reduceToFit } from './reduce.ts';
import type { ScreenPoint, ScreenSize, View } from './transform.ts';
import { toImageDelta } from './transform.ts';

export interface FilmSamples {
  readonly rows: number;
  readonly columns: number;
  /** rows × columns, row-major. */
  readonly samples: Uint16Array;
  readonly slope: number;
  readonly intercept: number;
}

export interface Loupe {
  readonly at: ScreenPoint;
  /** CSS px. */
  readonly radius: number;
  readonly magnification: number;
}

export interface Picture {
  readonly view: View;
  readonly size: ScreenSize;
  readonly devicePixelRatio: number;
  readonly voi: Voi;
  readonly inverted: boolean;
  readonly loupe: Loupe | null;
}

const functions = { LINEAR: 0, LINEAR_EXACT: 1, SIGMOID: 2 } as const;
const lutColumns = 1024;

/** Draws one film with WebGL 2. Belongs to one context: after a lost context a new one is made. */
export class FilmRenderer {
  private readonly gl: WebGL2RenderingContext;
  private readonly program: WebGLProgram;
  private readonly uniforms = new Map<string, WebGLUniformLocation | null>();
  private readonly samplesTexture: WebGLTexture;
  private readonly lutTexture: WebGLTexture;
  private film: (FilmSamples & { readonly reduced: ReducedFilm }) | null = null;
  private lut: Voi | null = null;

  /** Throws CalcarError 'backend-unavailable' where the browser has no WebGL 2. */
  constructor(canvas: HTMLCanvasElement) {
    const gl = canvas.getContext('webgl2', { alpha: false, antialias: false, depth: false });
    if (gl === null) throw noPicture(null);
    this.gl = gl;
    this.program = link(gl);
    this.samplesTexture = gl.createTexture();
    this.lutTexture = gl.createTexture();
    gl.bindVertexArray(gl.createVertexArray());
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    this.upload(this.lutTexture, gl.R32F, 1, 1, gl.RED, gl.FLOAT, new Float32Array(1));
  }

  /** Puts a film on the card. Returns by how much each side was reduced: 1 when every sample is kept. */
  show(film: FilmSamples): number {
    const { gl } = this;
    const most = gl.getParameter(gl.MAX_TEXTURE_SIZE) as number;
    const reduced = reduceToFit(film, most);
    this.upload(
      this.samplesTexture,
      gl.R16UI,
      reduced.columns,
      reduced.rows,
      gl.RED_INTEGER,
      gl.UNSIGNED_SHORT,
      reduced.samples,
    );
    this.film = { ...film, reduced };
    return reduced.factor;
  }

  draw(picture: Picture): void {
    const { gl, film } = this;
    const ratio = picture.devicePixelRatio;
    const width = Math.max(1, Math.round(picture.size.width * ratio));
    const height = Math.max(1, Math.round(picture.size.height * ratio));
    if (gl.canvas.width !== width) gl.canvas.width = width;
    if (gl.canvas.height !== height) gl.canvas.height = height;
    gl.viewport(0, 0, width, height);
    if (film === null) {
      gl.clearColor(0, 0, 0, 1);
      gl.clear(gl.COLOR_BUFFER_BIT);
      return;
    }
    gl.useProgram(this.program);
    const { view, voi, loupe } = picture;
    const perDevicePx = 1 / (ratio * film.reduced.factor);
    const right = toImageDelta(view, perDevicePx, 0);
    const down = toImageDelta(view, 0, perDevicePx);
    gl.uniform2i(this.at('uFilm'), film.reduced.columns, film.reduced.rows);
    gl.uniform2f(this.at('uViewport'), width, height);
    gl.uniform2f(
      this.at('uCentre'),
      view.centre.x / film.reduced.factor,
      view.centre.y / film.reduced.factor,
    );
    gl.uniformMatrix2fv(this.at('uToFilm'), false, [right.x, right.y, down.x, down.y]);
    gl.uniform1f(this.at('uFootprint'), perDevicePx / view.scale);
    gl.uniform4f(
      this.at('uLoupe'),
      (loupe?.at.x ?? 0) * ratio,
      (loupe?.at.y ?? 0) * ratio,
      (loupe?.radius ?? 0) * ratio,
      loupe?.magnification ?? 1,
    );
    gl.uniform2f(this.at('uRescale'), film.slope, film.intercept);
    gl.uniform1i(this.at('uInvert'), picture.inverted ? 1 : 0);
    this.setVoi(voi);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.samplesTexture);
    gl.uniform1i(this.at('uSamples'), 0);
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D, this.lutTexture);
    gl.uniform1i(this.at('uLut'), 1);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  private setVoi(voi: Voi): void {
    const { gl } = this;
    if (voi.kind === 'window') {
      gl.uniform1i(this.at('uFunction'), functions[voi.function]);
      gl.uniform2f(this.at('uWindow'), voi.center, voi.width);
      return;
    }
    gl.uniform1i(this.at('uFunction'), 3);
    gl.uniform2f(this.at('uLutRange'), voi.first, voi.values.length);
    if (this.lut === voi) return;
    this.lut = voi;
    const rows = Math.ceil(voi.values.length / lutColumns);
    const entries = new Float32Array(rows * lutColumns);
    entries.set(voi.values);
    this.upload(this.lutTexture, gl.R32F, lutColumns, rows, gl.RED, gl.FLOAT, entries);
  }

  private upload(
    texture: WebGLTexture,
    internal: number,
    columns: number,
    rows: number,
    format: number,
    type: number,
    data: ArrayBufferView,
  ): void {
    const { gl } = this;
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    // Integer and 32-bit float textures cannot be filtered by the card; the shader does it itself.
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    gl.texImage2D(gl.TEXTURE_2D, 0, internal, columns, rows, 0, format, type, data);
  }

  private at(name: string): WebGLUniformLocation | null {
    let location = this.uniforms.get(name);
    if (location === undefined) {
      location = this.gl.getUniformLocation(this.program, name);
      this.uniforms.set(name, location);
    }
    return location;
  }
}

function link(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, vertexShader],
    [gl.FRAGMENT_SHADER, fragmentShader],
  ] as const) {
    const shader = gl.createShader(kind);
    if (shader === null) throw noPicture('no shader');
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (gl.getProgramParameter(program, gl.LINK_STATUS) !== true)
    throw noPicture(gl.getProgramInfoLog(program));
  return program;
}

function noPicture(cause: unknown): CalcarError {
  return new CalcarError(
    'backend-unavailable',
    'This window cannot draw films: WebGL 2 is not available. The machine can still read them; `calcar doctor` says what is missing.',
    cause,
  );
}
