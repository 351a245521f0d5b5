// The environment: an equirectangular map as three.js lays it out, u = atan2(z, x) / 2 pi + 1/2, v = acos(y) / pi,
// and a grid of cells with the chance of sampling each.

fn environmentUv(direction: vec3f) -> vec2f {
  let u = arcTangent2(direction.z, direction.x) * (0.5 * INVERSE_PI) + 0.5;
  let v = arcTangent2(sqrt(direction.x * direction.x + direction.z * direction.z), direction.y) * INVERSE_PI;
  return vec2f(clamp(u, 0.0, 0.99999994), clamp(v, 0.0, 0.99999994));
}

/// What a texel with a shared exponent stands for.
fn radianceOfRgbe(texel: u32) -> vec4f {
  let radiances = frame.environmentRadiances + ((texel >> 16u) & 0xff00u);
  return bitcast<vec4f>(vec4u(
    texels[radiances + (texel & 255u)],
    texels[radiances + ((texel >> 8u) & 255u)],
    texels[radiances + ((texel >> 16u) & 255u)],
    0u,
  ));
}

/// Radiance at (u, v), filtered bilinearly; wraps around in u, ends at the poles in v.
fn environmentRadiance(uv: vec2f) -> vec3f {
  let x = tapAlong(uv.x, frame.environmentWidth, false, false, false);
  let y = tapAlong(uv.y, frame.environmentHeight, true, false, false);
  let upper = frame.environmentTexels + y.first * frame.environmentWidth;
  let lower = frame.environmentTexels + y.second * frame.environmentWidth;
  var upperLeft = vec4f();
  var upperRight = vec4f();
  var lowerLeft = vec4f();
  var lowerRight = vec4f();
  if ((frame.flags & FRAME_ENVIRONMENT_RGBE) != 0u) {
    upperLeft = radianceOfRgbe(texels[upper + x.first]);
    upperRight = radianceOfRgbe(texels[upper + x.second]);
    lowerLeft = radianceOfRgbe(texels[lower + x.first]);
    lowerRight = radianceOfRgbe(texels[lower + x.second]);
  } else {
    upperLeft = tableVector(upper + x.first);
    upperRight = tableVector(upper + x.second);
    lowerLeft = tableVector(lower + x.first);
    lowerRight = tableVector(lower + x.second);
  }
  let above = upperLeft + (upperRight - upperLeft) * x.weight;
  let below = lowerLeft + (lowerRight - lowerLeft) * x.weight;
  return (above + (below - above) * y.weight).xyz;
}

/// Density per solid angle with which sampleEnvironment picks the direction of (u, v).
fn environmentDensity(uv: vec2f) -> f32 {
  let column = min(u32(uv.x * f32(frame.gridWidth)), frame.gridWidth - 1u);
  let row = min(u32(uv.y * f32(frame.gridHeight)), frame.gridHeight - 1u);
  let inRow = frame.gridColumnCdfs + row * (frame.gridWidth + 1u) + column;
  let chance = (tableScalar(frame.gridRowCdf + row + 1u) - tableScalar(frame.gridRowCdf + row)) * (tableScalar(inRow + 1u) - tableScalar(inRow));
  let sine = sinCosTurns(0.5 * uv.y).sine;
  return chance * f32(frame.gridWidth) * f32(frame.gridHeight) * (0.5 * INVERSE_PI * INVERSE_PI) / max(sine, 1e-7);
}

struct EnvironmentSample {
  direction: vec3f,
  density: f32,
  radiance: vec3f,
}

fn sampleEnvironment(u: vec2f) -> EnvironmentSample {
  let row = searchCdf(frame.gridRowCdf, frame.gridHeight, u.y);
  let rowBelow = tableScalar(frame.gridRowCdf + row);
  let rowChance = tableScalar(frame.gridRowCdf + row + 1u) - rowBelow;
  let columns = frame.gridColumnCdfs + row * (frame.gridWidth + 1u);
  let column = searchCdf(columns, frame.gridWidth, u.x);
  let columnBelow = tableScalar(columns + column);
  let columnChance = tableScalar(columns + column + 1u) - columnBelow;
  let inColumn = clamp((u.x - columnBelow) / max(columnChance, 1e-20), 0.0, 0.9999999);
  let inRow = clamp((u.y - rowBelow) / max(rowChance, 1e-20), 0.0, 0.9999999);
  let uv = vec2f((f32(column) + inColumn) / f32(frame.gridWidth), (f32(row) + inRow) / f32(frame.gridHeight));
  let polar = sinCosTurns(0.5 * uv.y);
  let around = sinCosTurns(uv.x - 0.5);
  let density = rowChance * columnChance * f32(frame.gridWidth) * f32(frame.gridHeight) * (0.5 * INVERSE_PI * INVERSE_PI) / max(polar.sine, 1e-7);
  return EnvironmentSample(vec3f(polar.sine * around.cosine, polar.cosine, polar.sine * around.sine), density, environmentRadiance(uv));
}
