import type { NodeDisplayData } from 'sigma/types';
import { NodeCircleProgram } from 'sigma/rendering';
import { floatColor } from 'sigma/utils';

/** Draws every role in its shape: a distance to the outline per fragment, so that shapes stay sharp at any zoom. */
const FRAGMENT = /* glsl */ `
precision highp float;
varying vec4 v_color;
varying vec2 v_diffVector;
varying float v_radius;
varying float v_shape;
uniform float u_correctionRatio;

float outline(vec2 p, float shape) {
  vec2 a = abs(p);
  if (shape < 0.5) return length(p) - 0.85;
  if (shape < 1.5) return (a.x + a.y - 1.0) * 0.7071;
  if (shape < 2.5) return max(-p.y - 0.5, 0.866 * a.x + 0.5 * p.y - 0.5);
  if (shape < 3.5) return max(a.x, a.y) - 0.7;
  if (shape < 4.5) return min(max(a.x - 0.3, a.y - 0.92), max(a.y - 0.3, a.x - 0.92));
  if (shape < 5.5) return abs(length(p) - 0.62) - 0.22;
  if (shape < 6.5) return abs(max(a.x, a.y) - 0.56) - 0.15;
  return length(p) - 0.6;
}

void main(void) {
  float border = u_correctionRatio * 2.0;
  vec2 p = v_diffVector / v_radius;
  #ifdef PICKING_MODE
  // The whole disc answers to the pointer, holes included.
  if (length(p) > 1.0) discard;
  gl_FragColor = v_color;
  #else
  float t = clamp((outline(p, v_shape) * v_radius + border) / border, 0.0, 1.0);
  gl_FragColor = mix(v_color, vec4(0.0), t);
  #endif
}`;

const VERTEX = /* glsl */ `
attribute vec4 a_id;
attribute vec4 a_color;
attribute vec2 a_position;
attribute float a_size;
attribute float a_angle;
attribute float a_shape;
uniform mat3 u_matrix;
uniform float u_sizeRatio;
uniform float u_correctionRatio;
varying vec4 v_color;
varying vec2 v_diffVector;
varying float v_radius;
varying float v_shape;
const float bias = 255.0 / 254.0;

void main() {
  float size = a_size * u_correctionRatio / u_sizeRatio * 4.0;
  vec2 diffVector = size * vec2(cos(a_angle), sin(a_angle));
  gl_Position = vec4((u_matrix * vec3(a_position + diffVector, 1)).xy, 0, 1);
  v_diffVector = diffVector;
  v_radius = size / 2.0;
  v_shape = a_shape;
  #ifdef PICKING_MODE
  v_color = a_id;
  #else
  v_color = a_color;
  #endif
  v_color.a *= bias;
}`;

export class ShapeProgram extends NodeCircleProgram {
  override getDefinition(): ReturnType<NodeCircleProgram['getDefinition']> {
    const base = super.getDefinition();
    return {
      ...base,
      VERTEX_SHADER_SOURCE: VERTEX,
      FRAGMENT_SHADER_SOURCE: FRAGMENT,
      ATTRIBUTES: [...base.ATTRIBUTES, { name: 'a_shape', size: 1, type: WebGL2RenderingContext.FLOAT }],
    };
  }

  override processVisibleItem(nodeIndex: number, startIndex: number, data: NodeDisplayData & { shape?: number }): void {
    const { array } = this;
    array[startIndex] = data.x;
    array[startIndex + 1] = data.y;
    array[startIndex + 2] = data.size;
    array[startIndex + 3] = floatColor(data.color);
    array[startIndex + 4] = nodeIndex;
    array[startIndex + 5] = data.shape ?? 0;
  }
}
