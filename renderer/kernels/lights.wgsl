// Direct light: one light is picked for a vertex, by power, and one point on it.

struct LightSample {
  /// Unit direction towards the light.
  direction: vec3f,
  /// Distance to it; FAR for lights at infinity.
  distance: f32,
  /// Radiance that arrives, over the density of the sample (for point-like lights: irradiance over the chance of the
  /// pick).
  weight: vec3f,
  /// Density per solid angle, pick included; 0 for lights that no bounced ray can meet.
  density: f32,
  /// The emitting triangle, or NO_TRIANGLE.
  triangle: u32,
}

/// What a material emits at a vertex.
fn emittedAt(material: u32, uv0: vec2f, uv1: vec2f) -> vec3f {
  var emitted = materials[material].emissive;
  let slot = materials[material].emissiveTexture;
  if ((slot.flags & SLOT_USED) != 0u) { emitted *= sampleTexture(slot, select(uv0, uv1, (slot.flags & SLOT_UV1) != 0u)).xyz; }
  return emitted;
}

/// Light on `position` from a light picked with `pick`, at a point of it picked with `u`.
fn sampleLight(position: vec3f, pick: f32, u: vec2f) -> LightSample {
  var result = LightSample(vec3f(0.0, 0.0, 1.0), 0.0, vec3f(0.0), 0.0, NO_TRIANGLE);
  let index = searchCdf(frame.lightCdf, frame.lightCount, pick);
  let record = frame.lights + index * LIGHT_VECTORS;
  let punctual = punctualLightAt(record);
  if (punctual.kind == LIGHT_ENVIRONMENT) {
    let environment = sampleEnvironment(u);
    result.direction = environment.direction;
    result.distance = FAR;
    result.density = environment.density * punctual.pick;
    if (result.density > LEAST) { result.weight = environment.radiance / result.density; }
    return result;
  }
  if (punctual.kind == LIGHT_TRIANGLE) {
    let light = triangleLightAt(record);
    let root = sqrt(u.x);
    let v = u.y * root;
    let toLight = light.corner + light.firstEdge * (1.0 - root) + light.secondEdge * v - position;
    let distance2 = dot(toLight, toLight);
    if (distance2 < 1e-20) { return result; }
    let distance = sqrt(distance2);
    let direction = toLight * (1.0 / distance);
    let normal = cross(light.firstEdge, light.secondEdge);
    let cosine = -dot(normal, direction) * inverseSqrt(max(dot(normal, normal), 1e-36));
    let triangle = light.triangle;
    let material = light.material;
    if (cosine < -LEAST && (materials[material].flags & MATERIAL_DOUBLE_SIDED) == 0u) { return result; }
    let facing = abs(cosine);
    if (facing < 1e-6) { return result; }
    result.direction = direction;
    result.distance = distance;
    result.density = light.density * distance2 / facing;
    result.triangle = triangle;
    var emitted = materials[material].emissive;
    if ((materials[material].emissiveTexture.flags & SLOT_USED) != 0u) {
      let w = root - v;
      let uv0 = surfaces[triangle].uvs.xy * w + surfaces[triangle].uvs.zw * (1.0 - root) + surfaces[triangle].uv2 * v;
      var uv1 = uv0;
      let attributes = surfaces[triangle].attributes;
      if (attributes != NO_ATTRIBUTE) { uv1 = uv1At(attributes, w, 1.0 - root, v); }
      emitted = emittedAt(material, uv0, uv1);
    }
    // A bounce meets a masked or blended lamp with the chance of its opacity only.
    if ((materials[material].flags & (MATERIAL_MASK | MATERIAL_BLEND)) != 0u) { emitted *= opacityAt(triangle, 1.0 - root, v); }
    result.weight = emitted / result.density;
    return result;
  }
  if (punctual.kind == LIGHT_DIRECTIONAL) {
    result.direction = -punctual.direction;
    result.distance = FAR;
    result.weight = punctual.color / punctual.pick;
    return result;
  }
  // Point and spot, as KHR_lights_punctual has them.
  let toLight = punctual.position - position;
  let distance2 = dot(toLight, toLight);
  if (distance2 < 1e-20) { return result; }
  let distance = sqrt(distance2);
  result.direction = toLight * (1.0 / distance);
  result.distance = distance;
  var attenuation = 1.0 / (distance2 * punctual.pick);
  if (punctual.range > LEAST) {
    let ratio2 = distance2 / (punctual.range * punctual.range);
    attenuation *= clamp(1.0 - ratio2 * ratio2, 0.0, 1.0);
  }
  if (punctual.kind == LIGHT_SPOT) {
    let cosine = -dot(punctual.direction, result.direction);
    let across = clamp((cosine - punctual.outerConeCosine) / max(punctual.innerConeCosine - punctual.outerConeCosine, 1e-4), 0.0, 1.0);
    attenuation *= across * across;
  }
  result.weight = punctual.color * attenuation;
  return result;
}

/// Weight of a sample of density `mine` where another technique has density `other`. The balance heuristic goes with
/// the environment's compensated density (Karlik et al. 2019), the power heuristic with surfaces (Veach 1997): each
/// measured better by 4 to 9 %.
fn balanceHeuristic(mine: f32, other: f32) -> f32 { return mine / max(mine + other, 1e-36); }

fn powerHeuristic(mine: f32, other: f32) -> f32 {
  // A ratio this large would have no square.
  if (mine <= max(other * 1e-15, LEAST)) { return 0.0; }
  let ratio = other / mine;
  return 1.0 / (1.0 + ratio * ratio);
}
