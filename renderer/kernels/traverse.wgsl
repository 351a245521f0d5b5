// Rays against the four-wide BVH. Slabs and triangles are tested four at a time.
//
// What a ray meets is defined without the BVH: of the triangles whose computed distance lies inside their own box, the
// one with the least distance, and of equally distant ones the lowest in number. Rounding is monotone, so a box around a
// triangle's own box begins no later and ends no earlier, and no BVH whose boxes enclose can lose a hit that another
// finds. The tests of boxes need no exact bits therefore: only of triangles and of their own boxes.

struct Hit {
  /// Distance along the ray in lengths of its direction.
  distance: f32,
  /// Barycentric weights of the second and third corner.
  u: f32,
  v: f32,
  /// Index into `surfaces`, or NO_TRIANGLE.
  triangle: u32,
}

/// Times the largest determinant still a number: prepare lets no coordinate beyond 1e9.
const FAR = 1e18;
/// How far a distance may lie outside of its triangle's own box, as a factor: 2^-16 is some hundred roundings.
const OWN_BOX_SLACK = 1.0000152587890625;
/// The same for boxes of the BVH: more than the square of the other, so that each lets through whatever lies inside.
const BOX_SLACK = 1.00006103515625;
/// Twice the area of the least triangle that can be met, seen along the ray: 2^-80. A sliver below it would be met or not
/// by the grace of subnormals.
const LEAST_DETERMINANT = 0x1p-80;
/// An optical depth that nothing shines through, e^-20, and the steps of one: their sum is an integer, so that the order
/// of the surfaces does not matter.
const OPAQUE_DEPTH = 20u;
const DEPTH_STEPS = 524288u;

/// Pending children and the bits of their distances.
var<private> pending: array<vec2u, STACK_SIZE>;
var<private> pendingShadow: array<u32, STACK_SIZE>;

fn movemask(m: vec4<bool>) -> u32 { return dot(select(vec4u(0u), vec4u(1u, 2u, 4u, 8u), m), vec4u(1u)); }

/// 1 / d kept finite, so that no slab distance is infinite or NaN.
fn inverseOf(d: f32) -> f32 {
  let safe = select(d, select(-1e-8, 1e-8, d > -LEAST), abs(d) < 1e-8);
  return 1.0 / safe;
}

/// Whether distances along the ray to the triangles of a packet lie inside the triangles' own boxes. The expressions are
/// those of the boxes of the BVH, with corners for bounds.
fn withinOwnBox(packet: u32, origin: vec3f, inverse: vec3f, distances: vec4f) -> vec4<bool> {
  let cornerX = packets[packet].cornerX;
  let cornerY = packets[packet].cornerY;
  let cornerZ = packets[packet].cornerZ;
  let originX = vec4f(origin.x);
  let originY = vec4f(origin.y);
  let originZ = vec4f(origin.z);
  let inverseX = vec4f(inverse.x);
  let inverseY = vec4f(inverse.y);
  let inverseZ = vec4f(inverse.z);
  let x0 = (cornerX - originX) * inverseX;
  let x1 = (cornerX + packets[packet].firstX - originX) * inverseX;
  let x2 = (cornerX + packets[packet].secondX - originX) * inverseX;
  let y0 = (cornerY - originY) * inverseY;
  let y1 = (cornerY + packets[packet].firstY - originY) * inverseY;
  let y2 = (cornerY + packets[packet].secondY - originY) * inverseY;
  let z0 = (cornerZ - originZ) * inverseZ;
  let z1 = (cornerZ + packets[packet].firstZ - originZ) * inverseZ;
  let z2 = (cornerZ + packets[packet].secondZ - originZ) * inverseZ;
  let entry = max(max(min(min(x0, x1), x2), min(min(y0, y1), y2)), min(min(z0, z1), z2));
  let leave = min(min(max(max(x0, x1), x2), max(max(y0, y1), y2)), max(max(z0, z1), z2));
  return (entry <= distances * vec4f(OWN_BOX_SLACK)) & (distances <= leave * vec4f(OWN_BOX_SLACK));
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
  let inverse = vec3f(inverseOf(direction.x), inverseOf(direction.y), inverseOf(direction.z));
  let inverseX = vec4f(inverse.x);
  let inverseY = vec4f(inverse.y);
  let inverseZ = vec4f(inverse.z);
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
      let leave = min(min(max(lowX, highX), max(lowY, highY)), max(lowZ, highZ));
      let inside = entry <= min(leave, limit) * vec4f(BOX_SLACK);
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
      let side = select(vec4f(1.0), vec4f(-1.0), determinant < vec4f(-LEAST_DETERMINANT));
      let size = abs(determinant);
      let sX = originX - packets[packet].cornerX;
      let sY = originY - packets[packet].cornerY;
      let sZ = originZ - packets[packet].cornerZ;
      let u = ((sX * pX + sY * pY) + sZ * pZ) * side;
      let qX = sY * firstZ - sZ * firstY;
      let qY = sZ * firstX - sX * firstZ;
      let qZ = sX * firstY - sY * firstX;
      let v = ((directionX * qX + directionY * qY) + directionZ * qZ) * side;
      let within = (min(u, v) >= vec4f(-LEAST)) & (u + v <= size) & (size >= vec4f(LEAST_DETERMINANT));
      if (any(within)) {
        let far = ((secondX * qX + secondY * qY) + secondZ * qZ) * side;
        let met = within & (far > vec4f(LEAST)) & (far <= limit * size * vec4f(OWN_BOX_SLACK));
        if (any(met)) {
          let divisor = select(vec4f(1.0), size, met);
          let distances = far / divisor;
          let us = u / divisor;
          let vs = v / divisor;
          var lanes = movemask(met & withinOwnBox(packet, origin, inverse, distances));
          while (lanes != 0u) {
            let lane = countTrailingZeros(lanes);
            lanes &= lanes - 1u;
            let distance = distances[lane];
            let id = packets[packet].id[lane];
            if (distance < hit.distance || (distance == hit.distance && (id & TRIANGLE_INDEX) < hit.triangle)) {
              var seen = true;
              if ((id & ~TRIANGLE_INDEX) != 0u) {
                let back = side[lane] < -LEAST;
                seen = !(primary && back && (id & TRIANGLE_SINGLE_SIDED) != 0u);
                if (seen && (id & TRIANGLE_ALPHA) != 0u) {
                  seen = opacityAt(id & TRIANGLE_INDEX, us[lane], vs[lane]) >= drawAlpha(sequence, segment, id & TRIANGLE_INDEX);
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
    let beyond = hit.distance * BOX_SLACK;
    loop {
      if (depth == 0u) { return hit; }
      depth -= 1u;
      if (bitcast<f32>(pending[depth].y & 0xfffffffcu) <= beyond) { break; }
    }
    current = pending[depth].x;
  }
}

/// The share of light that passes from `origin` along `direction` as far as `reach`: 0 behind anything opaque, the
/// product of (1 - opacity) behind masked and blended triangles, by sums of its logarithm.
fn transmittance(origin: vec3f, direction: vec3f, reach: f32) -> f32 {
  let originX = vec4f(origin.x);
  let originY = vec4f(origin.y);
  let originZ = vec4f(origin.z);
  let directionX = vec4f(direction.x);
  let directionY = vec4f(direction.y);
  let directionZ = vec4f(direction.z);
  let inverse = vec3f(inverseOf(direction.x), inverseOf(direction.y), inverseOf(direction.z));
  let inverseX = vec4f(inverse.x);
  let inverseY = vec4f(inverse.y);
  let inverseZ = vec4f(inverse.z);
  let limit = vec4f(reach);
  var opticalDepth = 0u;
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
      let leave = min(min(max(lowX, highX), max(lowY, highY)), max(lowZ, highZ));
      // Push the children that were met, without a branch to mispredict. The order does not matter: any opaque triangle
      // ends the search.
      let found = movemask(entry <= min(leave, limit) * vec4f(BOX_SLACK));
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
      let side = select(vec4f(1.0), vec4f(-1.0), determinant < vec4f(-LEAST_DETERMINANT));
      let size = abs(determinant);
      let sX = originX - packets[packet].cornerX;
      let sY = originY - packets[packet].cornerY;
      let sZ = originZ - packets[packet].cornerZ;
      let u = ((sX * pX + sY * pY) + sZ * pZ) * side;
      let qX = sY * firstZ - sZ * firstY;
      let qY = sZ * firstX - sX * firstZ;
      let qZ = sX * firstY - sY * firstX;
      let v = ((directionX * qX + directionY * qY) + directionZ * qZ) * side;
      let within = (min(u, v) >= vec4f(-LEAST)) & (u + v <= size) & (size >= vec4f(LEAST_DETERMINANT));
      if (any(within)) {
        let far = ((secondX * qX + secondY * qY) + secondZ * qZ) * side;
        let met = within & (far > vec4f(LEAST)) & (far < limit * size);
        if (any(met)) {
          let divisor = select(vec4f(1.0), size, met);
          let us = u / divisor;
          let vs = v / divisor;
          var lanes = movemask(met & withinOwnBox(packet, origin, inverse, far / divisor));
          while (lanes != 0u) {
            let lane = countTrailingZeros(lanes);
            lanes &= lanes - 1u;
            let id = packets[packet].id[lane];
            if ((id & TRIANGLE_ALPHA) == 0u) { return 0.0; }
            let passed = 1.0 - opacityAt(id & TRIANGLE_INDEX, us[lane], vs[lane]);
            if (passed <= 1e-7) { return 0.0; }
            opticalDepth += u32(-logarithm(min(passed, 1.0)) * f32(DEPTH_STEPS) + 0.5);
            if (opticalDepth > OPAQUE_DEPTH * DEPTH_STEPS) { return 0.0; }
          }
        }
      }
    }
    if (depth == 0u) {
      if (opticalDepth == 0u) { return 1.0; }
      return exponential(f32(opticalDepth) * (-1.0 / f32(DEPTH_STEPS)));
    }
    depth -= 1u;
    current = pendingShadow[depth];
  }
}
