// What a ray meets: position, normals and texture coordinates of a hit.

struct Vertex {
  position: vec3f,
  /// Unit normal of the triangle, on the side that the ray came from.
  geometric: vec3f,
  /// Unit shading normal, on the same side, bent where its mirror direction would enter the surface.
  normal: vec3f,
  /// The ray came from the side that the triangle's winding faces.
  front: bool,
  uv0: vec2f,
  uv1: vec2f,
  color: vec4f,
  triangle: u32,
  material: u32,
}

/// A direction from its word (TANGENT_ constants), not of unit length.
fn unpackTangent(bits: u32) -> vec3f {
  let x = f32(bits & TANGENT_X_MOST) * (2.0 / TANGENT_X_MOST) - 1.0;
  let y = f32((bits >> TANGENT_Y_SHIFT) & TANGENT_Y_MOST) * (2.0 / TANGENT_Y_MOST) - 1.0;
  let z = 1.0 - abs(x) - abs(y);
  let fold = max(-z, 0.0);
  return vec3f(x - select(-fold, fold, x >= -LEAST), y - select(-fold, fold, y >= -LEAST), z);
}

/// The opacity of a masked or blended triangle at barycentric (u, v).
fn opacityAt(triangle: u32, u: f32, v: f32) -> f32 {
  let material = surfaces[triangle].material;
  let flags = materials[material].flags;
  let attributes = surfaces[triangle].attributes;
  let w = 1.0 - u - v;
  var alpha = materials[material].baseColor.w;
  let slot = materials[material].baseColorTexture;
  if ((slot.flags & SLOT_USED) != 0u) {
    var uv = surfaces[triangle].uvs.xy * w + surfaces[triangle].uvs.zw * u + surfaces[triangle].uv2 * v;
    if ((slot.flags & SLOT_UV1) != 0u) { uv = uv1At(attributes, w, u, v); }
    alpha *= sampleTexture(slot, uv).w;
  }
  if ((flags & MATERIAL_COLORS) != 0u && attributes != NO_ATTRIBUTE) { alpha *= colorAt(attributes, w, u, v).w; }
  if ((flags & MATERIAL_MASK) != 0u) { return select(0.0, 1.0, alpha >= materials[material].alphaCutoff); }
  return alpha;
}

/// The vertex where a ray of unit `direction` met `hit`.
fn vertexAt(hit: Hit, direction: vec3f) -> Vertex {
  var vertex: Vertex;
  let triangle = hit.triangle;
  vertex.triangle = triangle;
  vertex.material = surfaces[triangle].material;
  let w = 1.0 - hit.u - hit.v;
  let firstEdge = surfaces[triangle].firstEdge;
  let secondEdge = surfaces[triangle].secondEdge;
  vertex.position = surfaces[triangle].corner + firstEdge * hit.u + secondEdge * hit.v;
  var geometric = unit(cross(firstEdge, secondEdge));
  vertex.front = dot(geometric, direction) < -LEAST;
  var normal = unit(surfaces[triangle].normal0 * w + surfaces[triangle].normal1 * hit.u + surfaces[triangle].normal2 * hit.v);
  if (dot(normal, geometric) < -LEAST) { normal = -normal; }
  vertex.uv0 = surfaces[triangle].uvs.xy * w + surfaces[triangle].uvs.zw * hit.u + surfaces[triangle].uv2 * hit.v;
  vertex.uv1 = vertex.uv0;
  vertex.color = vec4f(1.0);
  let attributes = surfaces[triangle].attributes;
  if (attributes != NO_ATTRIBUTE) {
    vertex.uv1 = uv1At(attributes, w, hit.u, hit.v);
    if ((materials[vertex.material].flags & MATERIAL_COLORS) != 0u) { vertex.color = colorAt(attributes, w, hit.u, hit.v); }
  }
  if ((materials[vertex.material].normalTexture.flags & SLOT_USED) != 0u) { normal = mappedNormal(vertex, hit, normal, w); }
  if (!vertex.front) {
    geometric = -geometric;
    normal = -normal;
  }
  vertex.geometric = geometric;
  vertex.normal = bentNormal(normal, geometric, -direction);
  return vertex;
}

fn slotUv(flags: u32, vertex: Vertex) -> vec2f {
  return select(vertex.uv0, vertex.uv1, (flags & SLOT_UV1) != 0u);
}

fn mappedNormal(vertex: Vertex, hit: Hit, normal: vec3f, w: f32) -> vec3f {
  let slot = materials[vertex.material].normalTexture;
  let texel = sampleTexture(slot, slotUv(slot.flags, vertex));
  let scale = materials[vertex.material].normalScale;
  let t0 = surfaces[vertex.triangle].tangent0;
  let along = unpackTangent(t0) * w + unpackTangent(surfaces[vertex.triangle].tangent1) * hit.u + unpackTangent(surfaces[vertex.triangle].tangent2) * hit.v;
  // The tangent is made orthogonal to the normal; where the file's is useless, any will do.
  let flat = along - normal * dot(normal, along);
  if (dot(flat, flat) < 1e-12) { return normal; }
  let tangent = unit(flat);
  let bitangent = cross(normal, tangent) * select(1.0, -1.0, (t0 & TANGENT_FLIPPED) != 0u);
  let x = (texel.x * 2.0 - 1.0) * scale;
  let y = (texel.y * 2.0 - 1.0) * scale;
  let z = texel.z * 2.0 - 1.0;
  let mapped = tangent * x + bitangent * y + normal * z;
  if (dot(mapped, mapped) < 1e-12) { return normal; }
  return unit(mapped);
}

/// The normal nearest to `normal` whose mirror image of `view` stays above the triangle (Keller et al. 2017, The Iray
/// Light Transport Simulation and Rendering System, section 4.6). It does not face away from `view`.
fn bentNormal(normal: vec3f, geometric: vec3f, view: vec3f) -> vec3f {
  let facing = dot(normal, view);
  let mirror = normal * (2.0 * facing) - view;
  let height = dot(mirror, geometric);
  let least = min(0.01, 0.9 * dot(view, geometric));
  // A normal that faces away has the mirror image of the one opposite.
  if (height >= least) { return select(normal, -normal, facing < -LEAST); }
  let lifted = unit(mirror + geometric * (least - height));
  return unit(view + lifted);
}

/// A point moved off the surface along `side` by a few units in the last place of its coordinates
/// (Waechter and Binder 2019, A Fast and Robust Method for Avoiding Self-Intersection).
fn offsetPoint(position: vec3f, side: vec3f) -> vec3f {
  return vec3f(offsetCoordinate(position.x, side.x), offsetCoordinate(position.y, side.y), offsetCoordinate(position.z, side.z));
}

fn offsetCoordinate(p: f32, n: f32) -> f32 {
  if (abs(p) < 0.03125) { return p + n * 0.0000152587890625; }
  let steps = i32(n * 256.0);
  return bitcast<f32>(bitcast<i32>(p) + select(steps, -steps, p < -LEAST));
}
