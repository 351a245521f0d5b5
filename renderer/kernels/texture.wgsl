// Textures, filtered in code. Texture coordinates follow glTF: (0, 0) is the upper left corner of the first texel.

/// Where a coordinate falls along one axis: two neighbouring texels and the weight of the second.
struct Tap {
  first: u32,
  second: u32,
  weight: f32,
}

fn tapAlong(coordinate: f32, size: u32, clamped: bool, mirrored: bool, nearest: bool) -> Tap {
  let last = i32(size) - 1;
  var t = coordinate - floor(coordinate);
  if (clamped) {
    t = clamp(coordinate, 0.0, 1.0);
  } else if (mirrored) {
    let half = coordinate * 0.5;
    let period = (half - floor(half)) * 2.0;
    t = select(period, 2.0 - period, period > 1.0);
  }
  if (nearest) {
    let index = u32(min(i32(t * f32(size)), last));
    return Tap(index, index, 0.0);
  }
  let position = t * f32(size) - 0.5;
  let below = floor(position);
  var first = i32(below);
  var second = first + 1;
  if (clamped || mirrored) {
    first = max(first, 0);
    second = min(second, last);
  } else {
    first = select(first, last, first < 0);
    second = select(second, 0, second > last);
  }
  return Tap(u32(first), u32(second), position - below);
}

fn decodeTexel(texel: u32, srgb: bool) -> vec4f {
  if (srgb) {
    return vec4f(
      bitcast<f32>(tables[frame.srgbTable + (texel & 255u)].x),
      bitcast<f32>(tables[frame.srgbTable + ((texel >> 8u) & 255u)].x),
      bitcast<f32>(tables[frame.srgbTable + ((texel >> 16u) & 255u)].x),
      f32(texel >> 24u) * (1.0 / 255.0),
    );
  }
  return vec4f(vec4u(texel, texel >> 8u, texel >> 16u, texel >> 24u) & vec4u(255u)) * (1.0 / 255.0);
}

/// The slot's texture at (u, v) of its own set, transformed, wrapped, filtered; sRGB is decoded before filtering.
fn sampleTexture(slot: TextureSlot, uv: vec2f) -> vec4f {
  let s = slot.matrix.x * uv.x + slot.matrix.z * uv.y + slot.shift.x;
  let t = slot.matrix.y * uv.x + slot.matrix.w * uv.y + slot.shift.y;
  let nearest = (slot.flags & SLOT_NEAREST) != 0u;
  let x = tapAlong(s, slot.width, (slot.flags & SLOT_CLAMP_S) != 0u, (slot.flags & SLOT_MIRROR_S) != 0u, nearest);
  let y = tapAlong(t, slot.height, (slot.flags & SLOT_CLAMP_T) != 0u, (slot.flags & SLOT_MIRROR_T) != 0u, nearest);
  let srgb = (slot.flags & SLOT_SRGB) != 0u;
  let upperRow = slot.first + y.first * slot.width;
  let upperLeft = decodeTexel(texels[upperRow + x.first], srgb);
  if (nearest) { return upperLeft; }
  let lowerRow = slot.first + y.second * slot.width;
  let upperRight = decodeTexel(texels[upperRow + x.second], srgb);
  let lowerLeft = decodeTexel(texels[lowerRow + x.first], srgb);
  let lowerRight = decodeTexel(texels[lowerRow + x.second], srgb);
  let upper = upperLeft + (upperRight - upperLeft) * x.weight;
  let lower = lowerLeft + (lowerRight - lowerLeft) * x.weight;
  return upper + (lower - upper) * y.weight;
}
