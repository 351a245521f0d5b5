// One path: from the camera through at most `frame.bounces` segments, with direct light at every vertex.

/// Russian roulette starts after this many segments.
const ROULETTE_AFTER = 3u;

/// A surface seen more edge-on than this scatters nothing: its lobes divide by the cosine.
const LEAST_VIEW_COSINE = 1e-5;

struct Sample {
  radiance: vec3f,
  /// 0 where the camera's ray leaves the scene before a transparent background, else 1.
  coverage: f32,
  rays: u32,
}

/// What a ray that leaves the scene sees. Camera rays see the background.
fn radianceBeyond(direction: vec3f, primary: bool, bounceDensity: f32) -> vec3f {
  if (primary && (frame.flags & BACKGROUND_COLOR) != 0u) { return frame.background.xyz; }
  if (primary && (frame.flags & BACKGROUND_TRANSPARENT) != 0u) { return vec3f(0.0); }
  if ((frame.flags & FRAME_ENVIRONMENT) == 0u) { return vec3f(0.0); }
  let uv = environmentUv(direction);
  var weight = 1.0;
  if (bounceDensity > LEAST) { weight = balanceHeuristic(bounceDensity, environmentDensity(uv) * frame.environmentPick); }
  return environmentRadiance(uv) * weight;
}

/// The values of the material at a vertex, whose base colour is read already.
fn surfaceValuesAt(vertex: Vertex, base: vec3f) -> SurfaceValues {
  let material = vertex.material;
  var values = SurfaceValues(
    base,
    materials[material].metallic,
    materials[material].roughness,
    materials[material].transmission,
    materials[material].ior,
    materials[material].specular,
    materials[material].specularColor.xyz,
  );
  let metallicRoughnessSlot = materials[material].metallicRoughnessTexture;
  if ((metallicRoughnessSlot.flags & SLOT_USED) != 0u) {
    let texel = sampleTexture(metallicRoughnessSlot, slotUv(metallicRoughnessSlot.flags, vertex));
    values.roughness *= texel.y;
    values.metallic *= texel.z;
  }
  let transmissionSlot = materials[material].transmissionTexture;
  if ((transmissionSlot.flags & SLOT_USED) != 0u) { values.transmission *= sampleTexture(transmissionSlot, slotUv(transmissionSlot.flags, vertex)).x; }
  let specularSlot = materials[material].specularTexture;
  if ((specularSlot.flags & SLOT_USED) != 0u) { values.specular *= sampleTexture(specularSlot, slotUv(specularSlot.flags, vertex)).w; }
  let specularColorSlot = materials[material].specularColorTexture;
  if ((specularColorSlot.flags & SLOT_USED) != 0u) {
    values.specularColor *= sampleTexture(specularColorSlot, slotUv(specularColorSlot.flags, vertex)).xyz;
  }
  return values;
}

fn tracePath(pixelX: u32, pixelY: u32, sample: u32) -> Sample {
  let sequence = sequenceOf(pixelX, pixelY, sample);
  let inPixel = draw4(sequence, 0u);
  let ray = cameraRay(f32(pixelX) + inPixel.x, f32(pixelY) + inPixel.y);
  var origin = ray.origin;
  var direction = ray.direction;
  var radiance = vec3f(0.0);
  var throughput = vec3f(1.0);
  var coverage = 1.0;
  var rays = 0u;
  /// Density of the bounce that led here; 0 after the camera, a mirror or smooth glass, where no light sample competes.
  var bounceDensity = 0.0;
  for (var segment = 1u; segment <= frame.bounces; segment++) {
    let primary = segment == 1u;
    rays += 1u;
    let hit = closestHit(origin, direction, FAR, primary, sequence, segment);
    if (hit.triangle == NO_TRIANGLE) {
      radiance += throughput * radianceBeyond(direction, primary, bounceDensity);
      if (primary && (frame.flags & BACKGROUND_TRANSPARENT) != 0u) { coverage = 0.0; }
      break;
    }
    let vertex = vertexAt(hit, direction);
    let material = vertex.material;
    let flags = materials[material].flags;

    // Read the material.
    var base = materials[material].baseColor.xyz * vertex.color.xyz;
    let baseSlot = materials[material].baseColorTexture;
    if ((baseSlot.flags & SLOT_USED) != 0u) { base *= sampleTexture(baseSlot, slotUv(baseSlot.flags, vertex)).xyz; }
    if ((flags & MATERIAL_UNLIT) != 0u) {
      radiance += throughput * base;
      break;
    }

    // Add what the surface emits, weighted against the light sample that could have found it.
    let emissive = materials[material].emissive;
    if (emissive.x + emissive.y + emissive.z > LEAST && (vertex.front || (flags & MATERIAL_DOUBLE_SIDED) != 0u)) {
      var weight = 1.0;
      if (bounceDensity > LEAST) {
        let facing = abs(dot(vertex.geometric, direction));
        let density = surfaces[vertex.triangle].lightDensity * hit.distance * hit.distance / max(facing, 1e-6);
        weight = powerHeuristic(bounceDensity, density);
      }
      radiance += throughput * emittedAt(material, vertex.uv0, vertex.uv1) * weight;
    }
    if (segment == frame.bounces) { break; }

    let basis = basisAround(vertex.normal);
    let view = toLocal(basis, -direction);
    if (view.z < LEAST_VIEW_COSINE) { break; }
    let bsdf = makeBsdf(surfaceValuesAt(vertex, base), view.z, vertex.front);
    let choices = draw4(sequence, 2u * segment - 1u);
    let points = draw4(sequence, 2u * segment);

    // Sample one light. A light behind the surface counts only for glass.
    if (frame.lightCount > 0u) {
      let light = sampleLight(vertex.position, choices.x, points.xy);
      let local = toLocal(basis, light.direction);
      let above = dot(light.direction, vertex.geometric) > LEAST;
      if (above == (local.z > LEAST) && (above || bsdf.pickGlass > LEAST) && light.weight.x + light.weight.y + light.weight.z > LEAST) {
        let scattering = evaluateBsdf(bsdf, view, local);
        var contribution = throughput * scattering.value * light.weight;
        if (contribution.x + contribution.y + contribution.z > LEAST) {
          if (light.density > LEAST) {
            let sky = light.triangle == NO_TRIANGLE;
            contribution *= select(powerHeuristic(light.density, scattering.density), balanceHeuristic(light.density, scattering.density), sky);
          }
          let start = offsetPoint(vertex.position, select(-vertex.geometric, vertex.geometric, above));
          var reach = light.distance;
          var towards = light.direction;
          if (light.distance < FAR) {
            // Measured from the point moved off the surface, and stopped short of the light.
            let end = vertex.position + light.direction * light.distance;
            let way = end - start;
            let length2 = dot(way, way);
            let scale = inverseSqrt(max(length2, 1e-36));
            towards = way * scale;
            reach = length2 * scale * 0.9999;
          }
          rays += 1u;
          radiance += contribution * transmittance(start, towards, reach);
        }
      }
    }

    // Nothing further can be met that emits.
    if ((frame.flags & FRAME_EMISSION) == 0u && segment + 1u == frame.bounces) { break; }

    // Go on.
    let next = sampleBsdf(bsdf, view, choices.y, points.zw);
    if (next.weight.x + next.weight.y + next.weight.z <= LEAST) { break; }
    direction = unit(toWorld(basis, next.direction));
    let above = dot(direction, vertex.geometric) > LEAST;
    if (above == next.transmitted) { break; }
    throughput = cleared(throughput * next.weight);
    bounceDensity = next.density;
    if (segment >= ROULETTE_AFTER) {
      let survival = clamp(max(throughput.x, max(throughput.y, throughput.z)), 0.05, 1.0);
      if (choices.z >= survival) { break; }
      throughput *= 1.0 / survival;
    }
    origin = offsetPoint(vertex.position, select(-vertex.geometric, vertex.geometric, above));
  }
  return Sample(radiance, coverage, rays);
}
