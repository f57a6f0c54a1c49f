/** One triangle over the whole viewport. */
export const vertexShader = `#version 300 es
void main() {
  vec2 corner = vec2(float((gl_VertexID << 1) & 2), float(gl_VertexID & 2));
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}`;

/**
 * Integer samples → modality values → VOI → grey. Between samples the value is interpolated; where a
 * device pixel covers more than one sample it is their exact area mean, so fine trabeculae do not alias.
 * Inside the loupe the same is done about the pointer at a larger scale.
 */
export const fragmentShader = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;

uniform usampler2D uSamples;
uniform sampler2D uLut;
uniform ivec2 uFilm;          // columns, rows of the texture
uniform vec2 uViewport;       // device px
uniform vec2 uCentre;         // texture px at the middle of the viewport
uniform mat2 uToFilm;         // device px to texture px
uniform float uFootprint;     // texture px under one device px
uniform vec4 uLoupe;          // x, y, radius in device px, magnification; radius 0 is none
uniform vec2 uRescale;        // slope, intercept
uniform int uFunction;        // 0 LINEAR, 1 LINEAR_EXACT, 2 SIGMOID, 3 LUT
uniform vec2 uWindow;         // centre, width
uniform vec2 uLutRange;       // first modality value, number of entries
uniform bool uInvert;
out vec4 colour;

const int mostTaps = 33;

float sampleAt(ivec2 at) {
  return float(texelFetch(uSamples, clamp(at, ivec2(0), uFilm - 1), 0).r);
}

float bilinear(vec2 p) {
  vec2 corner = p - 0.5;
  ivec2 at = ivec2(floor(corner));
  vec2 part = corner - vec2(at);
  float upper = mix(sampleAt(at), sampleAt(at + ivec2(1, 0)), part.x);
  float lower = mix(sampleAt(at + ivec2(0, 1)), sampleAt(at + ivec2(1, 1)), part.x);
  return mix(upper, lower, part.y);
}

float areaMean(vec2 p, float side) {
  vec2 low = p - side * 0.5;
  vec2 high = p + side * 0.5;
  ivec2 first = ivec2(floor(low));
  float sum = 0.0;
  float weight = 0.0;
  for (int j = 0; j < mostTaps; j++) {
    int y = first.y + j;
    float tall = min(high.y, float(y + 1)) - max(low.y, float(y));
    if (tall <= 0.0) break;
    for (int i = 0; i < mostTaps; i++) {
      int x = first.x + i;
      float wide = min(high.x, float(x + 1)) - max(low.x, float(x));
      if (wide <= 0.0) break;
      sum += sampleAt(ivec2(x, y)) * tall * wide;
      weight += tall * wide;
    }
  }
  return sum / weight;
}

float lutEntry(int index) {
  int columns = textureSize(uLut, 0).x;
  return texelFetch(uLut, ivec2(index % columns, index / columns), 0).r;
}

float display(float value) {
  float centre = uWindow.x;
  float width = uWindow.y;
  if (uFunction == 0) {
    width = max(width, 1.0);
    float low = centre - 0.5 - (width - 1.0) * 0.5;
    if (value <= low) return 0.0;
    if (value > low + width - 1.0) return 1.0;
    return (value - (centre - 0.5)) / (width - 1.0) + 0.5;
  }
  if (uFunction == 1) return clamp((value - centre) / width + 0.5, 0.0, 1.0);
  if (uFunction == 2) return 1.0 / (1.0 + exp(-4.0 * (value - centre) / width));
  float last = uLutRange.y - 1.0;
  float at = clamp(value - uLutRange.x, 0.0, last);
  int below = int(floor(at));
  return mix(lutEntry(below), lutEntry(min(below + 1, int(last))), at - float(below));
}

void main() {
  vec2 device = vec2(gl_FragCoord.x, uViewport.y - gl_FragCoord.y);
  float magnification = 1.0;
  vec2 offset = device - uViewport * 0.5;
  float fromLoupe = distance(device, uLoupe.xy) - uLoupe.z;
  if (uLoupe.z > 0.0 && fromLoupe < 0.0) {
    magnification = uLoupe.w;
    offset = uLoupe.xy - uViewport * 0.5 + (device - uLoupe.xy) / magnification;
  }
  vec2 p = uCentre + uToFilm * offset;
  float footprint = uFootprint / magnification;
  float grey = 0.0;
  if (all(greaterThanEqual(p, vec2(0.0))) && all(lessThan(p, vec2(uFilm)))) {
    float stored = footprint <= 1.0 ? bilinear(p) : areaMean(p, min(footprint, float(mostTaps - 1)));
    grey = display(stored * uRescale.x + uRescale.y);
    if (uInvert) grey = 1.0 - grey;
  }
  if (uLoupe.z > 0.0 && abs(fromLoupe) < 1.0) grey = 0.55;
  colour = vec4(vec3(grey), 1.0);
}`;
