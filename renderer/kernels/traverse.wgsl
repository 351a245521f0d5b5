// Rays against the four-wide BVH. Slabs and triangles are tested four at a time.

struct Hit {
  /// Distance along the ray in lengths of its direction.
  distance: f32,
  /// Barycentric weights of the second and third corner.
  u: f32,
  v: f32,
  /// Index into `surfaces`, or NO_TRIANGLE.
  triangle: u32,
}

const FAR = 1e29;
/// Widens the far side of the slabs by the rounding of the three operations before it (Ize 2013).
const SLAB_SLACK = 1.0000005;

/// Pending children and the bits of their distances.
var<private> pending: array<vec2u, STACK_SIZE>;
var<private> pendingShadow: array<u32, STACK_SIZE>;

fn movemask(m: vec4<bool>) -> u32 { return dot(select(vec4u(0u), vec4u(1u, 2u, 4u, 8u), m), vec4u(1u)); }

/// 1 / d kept finite, so that no slab distance is infinite or NaN.
fn inverseOf(d: f32) -> f32 {
  let safe = select(d, select(-1e-8, 1e-8, d >= 0.0), abs(d) < 1e-8);
  return 1.0 / safe;
}

/// The nearest triangle that the ray meets beyond 0 and before `reach`, alpha decided by chance.
/// `primary` rays come from the camera and pass through the backs of single-sided triangles.
fn closestHit(origin: vec3f, direction: vec3f, reach: f32, primary: bool, sequence: Sequence, segment: u32) -> Hit {
  let originX = vec4f(origin.x);
  let originY = vec4f(origin.y);
  let originZ = vec4f(origin.z);
  let directionX = vec4f(direction.x);
  let directionY = vec4f(direction.y);
  let directionZ = vec4f(direction.z);
  let inverseX = vec4f(inverseOf(direction.x));
  let inverseY = vec4f(inverseOf(direction.y));
  let inverseZ = vec4f(inverseOf(direction.z));
  var hit = Hit(reach, 0.0, 0.0, NO_TRIANGLE);
  var limit = vec4f(reach);
  var depth = 0u;
  var current = 0u;
  loop {
    if ((current & CHILD_IS_PACKET) == 0u) {
      // Meet the four boxes.
      let lowX = (bvhNodes[current].lowX - originX) * inverseX;
      let highX = (bvhNodes[current].highX - originX) * inverseX;
      let lowY = (bvhNodes[current].lowY - originY) * inverseY;
      let highY = (bvhNodes[current].highY - originY) * inverseY;
      let lowZ = (bvhNodes[current].lowZ - originZ) * inverseZ;
      let highZ = (bvhNodes[current].highZ - originZ) * inverseZ;
      let entry = max(max(min(lowX, highX), min(lowY, highY)), max(min(lowZ, highZ), vec4f(0.0)));
      let leave = min(min(max(lowX, highX), max(lowY, highY)), max(lowZ, highZ)) * vec4f(SLAB_SLACK);
      let inside = entry <= min(leave, limit);
      let found = movemask(inside);
      if (found != 0u) {
        if ((found & (found - 1u)) == 0u) {
          current = bvhNodes[current].child[countTrailingZeros(found)];
          continue;
        }
        // Sort the children that were met by distance, farthest first: the low two bits of a key name the lane, misses
        // are 0.
        var key = select(vec4u(0u), (bitcast<vec4u>(entry) & vec4u(0xfffffffcu)) | vec4u(0u, 1u, 2u, 3u), inside);
        var other = key.yxwz;
        key = select(min(key, other), max(key, other), vec4<bool>(true, false, true, false));
        other = key.zwxy;
        key = select(min(key, other), max(key, other), vec4<bool>(true, true, false, false));
        other = key.xzyw;
        key = select(min(key, other), max(key, other), vec4<bool>(true, true, false, true));
        pending[depth] = vec2u(bvhNodes[current].child[key.x & 3u], key.x);
        pending[depth + 1u] = vec2u(bvhNodes[current].child[key.y & 3u], key.y);
        pending[depth + 2u] = vec2u(bvhNodes[current].child[key.z & 3u], key.z);
        pending[depth + 3u] = vec2u(bvhNodes[current].child[key.w & 3u], key.w);
        depth += countOneBits(found) - 1u;
        current = pending[depth].x;
        continue;
      }
    } else {
      // Meet the four triangles (Moeller and Trumbore 1997), the division left for hits.
      let packet = current & ~CHILD_IS_PACKET;
      let firstX = packets[packet].firstX;
      let firstY = packets[packet].firstY;
      let firstZ = packets[packet].firstZ;
      let secondX = packets[packet].secondX;
      let secondY = packets[packet].secondY;
      let secondZ = packets[packet].secondZ;
      let pX = directionY * secondZ - directionZ * secondY;
      let pY = directionZ * secondX - directionX * secondZ;
      let pZ = directionX * secondY - directionY * secondX;
      let determinant = (firstX * pX + firstY * pY) + firstZ * pZ;
      let side = select(vec4f(1.0), vec4f(-1.0), determinant < vec4f(0.0));
      let size = abs(determinant);
      let sX = originX - packets[packet].cornerX;
      let sY = originY - packets[packet].cornerY;
      let sZ = originZ - packets[packet].cornerZ;
      let u = ((sX * pX + sY * pY) + sZ * pZ) * side;
      let qX = sY * firstZ - sZ * firstY;
      let qY = sZ * firstX - sX * firstZ;
      let qZ = sX * firstY - sY * firstX;
      let v = ((directionX * qX + directionY * qY) + directionZ * qZ) * side;
      let within = (min(u, v) >= vec4f(0.0)) & (u + v <= size);
      if (any(within)) {
        let far = ((secondX * qX + secondY * qY) + secondZ * qZ) * side;
        let met = within & (far > vec4f(0.0)) & (far < limit * size);
        var lanes = movemask(met);
        if (lanes != 0u) {
          let distances = far / size;
          let us = u / size;
          let vs = v / size;
          while (lanes != 0u) {
            let lane = countTrailingZeros(lanes);
            lanes &= lanes - 1u;
            let distance = distances[lane];
            if (distance < hit.distance) {
              let id = packets[packet].id[lane];
              var seen = true;
              if ((id & ~TRIANGLE_INDEX) != 0u) {
                let back = side[lane] < 0.0;
                seen = !(primary && back && (id & TRIANGLE_SINGLE_SIDED) != 0u);
                if (seen && (id & TRIANGLE_ALPHA) != 0u) {
                  seen = opacityAt(id & TRIANGLE_INDEX, us[lane], vs[lane]) > drawAlpha(sequence, segment, id);
                }
              }
              if (seen) { hit = Hit(distance, us[lane], vs[lane], id & TRIANGLE_INDEX); }
            }
          }
          limit = vec4f(hit.distance);
        }
      }
    }
    // Take the next child that is not beyond the hit.
    loop {
      if (depth == 0u) { return hit; }
      depth -= 1u;
      if (bitcast<f32>(pending[depth].y) < hit.distance) { break; }
    }
    current = pending[depth].x;
  }
}

/// The share of light that passes from `origin` along `direction` as far as `reach`: 0 behind anything opaque, the
/// product of (1 - opacity) behind masked and blended triangles.
fn transmittance(origin: vec3f, direction: vec3f, reach: f32) -> f32 {
  let originX = vec4f(origin.x);
  let originY = vec4f(origin.y);
  let originZ = vec4f(origin.z);
  let directionX = vec4f(direction.x);
  let directionY = vec4f(direction.y);
  let directionZ = vec4f(direction.z);
  let inverseX = vec4f(inverseOf(direction.x));
  let inverseY = vec4f(inverseOf(direction.y));
  let inverseZ = vec4f(inverseOf(direction.z));
  let limit = vec4f(reach);
  var share = 1.0;
  var depth = 0u;
  var current = 0u;
  loop {
    if ((current & CHILD_IS_PACKET) == 0u) {
      let lowX = (bvhNodes[current].lowX - originX) * inverseX;
      let highX = (bvhNodes[current].highX - originX) * inverseX;
      let lowY = (bvhNodes[current].lowY - originY) * inverseY;
      let highY = (bvhNodes[current].highY - originY) * inverseY;
      let lowZ = (bvhNodes[current].lowZ - originZ) * inverseZ;
      let highZ = (bvhNodes[current].highZ - originZ) * inverseZ;
      let entry = max(max(min(lowX, highX), min(lowY, highY)), max(min(lowZ, highZ), vec4f(0.0)));
      let leave = min(min(max(lowX, highX), max(lowY, highY)), max(lowZ, highZ)) * vec4f(SLAB_SLACK);
      // Push the children that were met, without a branch to mispredict. The order does not matter: any opaque triangle
      // ends the search.
      let found = movemask(entry <= min(leave, limit));
      let children = bvhNodes[current].child;
      pendingShadow[depth] = children.x;
      depth += found & 1u;
      pendingShadow[depth] = children.y;
      depth += (found >> 1u) & 1u;
      pendingShadow[depth] = children.z;
      depth += (found >> 2u) & 1u;
      pendingShadow[depth] = children.w;
      depth += found >> 3u;
    } else {
      let packet = current & ~CHILD_IS_PACKET;
      let firstX = packets[packet].firstX;
      let firstY = packets[packet].firstY;
      let firstZ = packets[packet].firstZ;
      let secondX = packets[packet].secondX;
      let secondY = packets[packet].secondY;
      let secondZ = packets[packet].secondZ;
      let pX = directionY * secondZ - directionZ * secondY;
      let pY = directionZ * secondX - directionX * secondZ;
      let pZ = directionX * secondY - directionY * secondX;
      let determinant = (firstX * pX + firstY * pY) + firstZ * pZ;
      let side = select(vec4f(1.0), vec4f(-1.0), determinant < vec4f(0.0));
      let size = abs(determinant);
      let sX = originX - packets[packet].cornerX;
      let sY = originY - packets[packet].cornerY;
      let sZ = originZ - packets[packet].cornerZ;
      let u = ((sX * pX + sY * pY) + sZ * pZ) * side;
      let qX = sY * firstZ - sZ * firstY;
      let qY = sZ * firstX - sX * firstZ;
      let qZ = sX * firstY - sY * firstX;
      let v = ((directionX * qX + directionY * qY) + directionZ * qZ) * side;
      let within = (min(u, v) >= vec4f(0.0)) & (u + v <= size);
      if (any(within)) {
        let far = ((secondX * qX + secondY * qY) + secondZ * qZ) * side;
        var lanes = movemask(within & (far > vec4f(0.0)) & (far < limit * size));
        while (lanes != 0u) {
          let lane = countTrailingZeros(lanes);
          lanes &= lanes - 1u;
          let id = packets[packet].id[lane];
          if ((id & TRIANGLE_ALPHA) == 0u) { return 0.0; }
          share *= 1.0 - opacityAt(id & TRIANGLE_INDEX, u[lane] / size[lane], v[lane] / size[lane]);
          if (share <= 0.0) { return 0.0; }
        }
      }
    }
    if (depth == 0u) { return share; }
    depth -= 1u;
    current = pendingShadow[depth];
  }
}
