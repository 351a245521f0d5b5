// How a surface scatters. Directions are in the frame of the shading normal (z up), the view direction has z > 0.
//
// An opaque share: GGX with Schlick's Fresnel over a diffuse base. The single-scattering lobe is scaled by
// 1 + F0 (1 - E) / E for light that scatters more than once between microfacets (Turquin 2019, Practical multiple
// scattering compensation for microfacet models), and the base receives what the lobe does not reflect, 1 - E(view),
// so that a white surface reflects everything that it receives, whatever its roughness and metalness.
// A glass share (transmission): a rough or smooth dielectric boundary with exact Fresnel, reflecting and refracting
// (Walter et al. 2007), scaled up by what single scattering loses on it. Radiance is carried as L / n^2, so that
// crossing a boundary does not scale it.

/// What a material is at a vertex, textures included.
struct SurfaceValues {
  base: vec3f,
  metallic: f32,
  roughness: f32,
  transmission: f32,
  ior: f32,
  /// KHR_materials_specular: strength of a dielectric's reflection, and a factor of its reflectance at normal incidence.
  specular: f32,
  specularColor: vec3f,
}

struct Bsdf {
  /// Squared roughness; 0 means a perfect mirror.
  alpha: f32,
  /// Index of refraction of the far side over the near side.
  eta: f32,
  /// Chance of sampling each lobe; they add up to 1.
  pickDiffuse: f32,
  pickSpecular: f32,
  pickGlass: f32,
  /// Reflectance of the specular lobe is specular + specularRise * (1 - cos)^5.
  specular: vec3f,
  specularRise: vec3f,
  diffuse: vec3f,
  /// Weight and colour of the glass share when it transmits.
  glassTint: vec3f,
  /// The same when it reflects, and the share of what its boundary could reflect that it does.
  glassReflection: vec3f,
  glassMirror: f32,
}

struct Scattering {
  /// BSDF times the cosine of the incoming direction.
  value: vec3f,
  /// Density per solid angle with which sampleBsdf picks the direction.
  density: f32,
}

struct BsdfSample {
  direction: vec3f,
  /// BSDF times cosine over density.
  weight: vec3f,
  /// Density per solid angle; 0 for a perfect mirror or smooth glass.
  density: f32,
  transmitted: bool,
}

/// Below this squared roughness a lobe is perfectly smooth.
const LEAST_ALPHA = 0.0004;

/// (E, B): what a GGX lobe with F = 1 and with F = (1 - cos)^5 reflects in all, for the view's cosine and perceptual
/// roughness.
fn directionalAlbedo(cosine: f32, roughness: f32) -> vec2f {
  let x = clamp(sqrt(cosine), 0.0, 1.0) * f32(ALBEDO_SIZE - 1u);
  let y = clamp(roughness, 0.0, 1.0) * f32(ALBEDO_SIZE - 1u);
  let column = min(u32(x), ALBEDO_SIZE - 2u);
  let row = min(u32(y), ALBEDO_SIZE - 2u);
  let first = frame.albedoTable + row * ALBEDO_SIZE + column;
  // A vector holds the values of its column and of the next.
  let near = tableVector(first);
  let far = tableVector(first + ALBEDO_SIZE);
  let both = near + (far - near) * (y - f32(row));
  return both.xy + (both.zw - both.xy) * (x - f32(column));
}

/// What a rough glass boundary passes on in all, without multiple scattering. Indices up to 3.
fn glassAlbedo(cosine: f32, roughness: f32, eta: f32) -> f32 {
  let x = clamp(sqrt(cosine), 0.0, 1.0) * f32(GLASS_COSINES - 1u);
  let y = clamp(roughness, 0.0, 1.0) * f32(GLASS_ROUGHNESSES - 1u);
  let contrast = (1.0 / GLASS_MOST_CONTRAST) * (eta - 1.0) / (eta + 1.0);
  let rootOfContrast = select(-1.0, 1.0, contrast >= -LEAST) * sqrt(abs(contrast));
  let z = clamp(0.5 + 0.5 * rootOfContrast, 0.0, 1.0) * f32(GLASS_CONTRASTS - 1u);
  let column = min(u32(x), GLASS_COSINES - 2u);
  let row = min(u32(y), GLASS_ROUGHNESSES - 2u);
  let slice = min(u32(z), GLASS_CONTRASTS - 2u);
  let first = frame.glassTable + (slice * GLASS_ROUGHNESSES + row) * GLASS_COSINES + column;
  let near = tableVector(first);
  let far = tableVector(first + GLASS_ROUGHNESSES * GLASS_COSINES);
  let both = near + (far - near) * (z - f32(slice));
  let rows = both.xy + (both.zw - both.xy) * (y - f32(row));
  return rows.x + (rows.y - rows.x) * (x - f32(column));
}

/// Fresnel reflectance of a dielectric boundary; eta = far index over near index.
fn fresnelDielectric(cosine: f32, eta: f32) -> f32 {
  let sine2 = (1.0 - cosine * cosine) / (eta * eta);
  if (sine2 >= 1.0) { return 1.0; }
  let inner = sqrt(1.0 - sine2);
  let parallel = (eta * cosine - inner) / (eta * cosine + inner);
  let perpendicular = (cosine - eta * inner) / (cosine + eta * inner);
  return 0.5 * (parallel * parallel + perpendicular * perpendicular);
}

/// The share that the glass share's boundary reflects: all of it where it totally reflects, else by its strength.
fn glassReflectance(bsdf: Bsdf, cosine: f32) -> f32 {
  let reflectance = fresnelDielectric(cosine, bsdf.eta);
  return select(reflectance * bsdf.glassMirror, 1.0, reflectance >= 1.0);
}

/// GGX density of microfacet normals.
fn ggxDistribution(normal: vec3f, alpha: f32) -> f32 {
  let alpha2 = alpha * alpha;
  // |m.xy|^2 + alpha^2 m.z^2 keeps its precision where alpha is small.
  let k = (normal.x * normal.x + normal.y * normal.y) / alpha2 + normal.z * normal.z;
  return INVERSE_PI / (alpha2 * k * k);
}

/// Smith's Lambda for GGX.
fn ggxLambda(direction: vec3f, alpha: f32) -> f32 {
  let z2 = direction.z * direction.z;
  let tangent2 = (direction.x * direction.x + direction.y * direction.y) / max(z2, 1e-20);
  return 0.5 * (sqrt(1.0 + alpha * alpha * tangent2) - 1.0);
}

/// A microfacet normal visible from `view`, by spherical caps (Dupuy and Benyoub 2023). Its density is
/// D(m) max(0, view . m) / ((1 + Lambda(view)) view.z).
fn sampleVisibleNormal(view: vec3f, alpha: f32, u: vec2f) -> vec3f {
  let stretched = unit(vec3f(view.x * alpha, view.y * alpha, view.z));
  let z = (1.0 - u.y) * (1.0 + stretched.z) - stretched.z;
  let radius = sqrt(clamp(1.0 - z * z, 0.0, 1.0));
  let angle = sinCosTurns(u.x);
  let m = vec3f(radius * angle.cosine, radius * angle.sine, z) + stretched;
  return unit(vec3f(m.x * alpha, m.y * alpha, max(m.z, 1e-7)));
}

fn sampleCosine(u: vec2f) -> vec3f {
  let radius = sqrt(u.y);
  let angle = sinCosTurns(u.x);
  return vec3f(radius * angle.cosine, radius * angle.sine, sqrt(max(1.0 - u.y, 0.0)));
}

/// The BSDF of a surface as seen from `cosine` of the view. `front`: the view is outside of a glass body.
fn makeBsdf(values: SurfaceValues, cosine: f32, front: bool) -> Bsdf {
  let base = values.base;
  let metallic = values.metallic;
  let roughness = values.roughness;
  let transmission = values.transmission;
  let ior = values.ior;
  var bsdf: Bsdf;
  let squared = roughness * roughness;
  bsdf.alpha = select(squared, 0.0, squared < LEAST_ALPHA);
  bsdf.eta = select(1.0 / ior, ior, front);
  var albedo = vec2f(1.0, pow5(1.0 - cosine));
  if (bsdf.alpha > LEAST) { albedo = directionalAlbedo(cosine, roughness); }
  let lost = (1.0 - albedo.x) / albedo.x;
  let root = (ior - 1.0) / (ior + 1.0);
  // KHR_materials_specular: F0 = min(F0 of the index * colour, 1) * strength, F90 = strength.
  let normalReflectance = min(values.specularColor * (root * root), vec3f(1.0)) * values.specular;
  let clear = (1.0 - metallic) * transmission;
  var glass = clear;
  if (clear > LEAST && bsdf.alpha > LEAST) { glass = clear / max(glassAlbedo(cosine, roughness, bsdf.eta), 0.1); }
  bsdf.glassTint = base * glass;
  // What the colour takes from the strongest channel passes on instead, so that no light is lost.
  let strongest = min(max(max(values.specularColor.x, values.specularColor.y), values.specularColor.z), 1.0);
  bsdf.glassMirror = strongest * values.specular;
  bsdf.glassReflection = min(values.specularColor, vec3f(1.0)) * (glass / max(strongest, 1e-20));
  let dielectric = (1.0 - metallic) * (1.0 - transmission);
  let scattered = vec3f(1.0) + normalReflectance * lost;
  let coat = scattered * dielectric;
  let metal = (vec3f(1.0) + base * lost) * metallic;
  let rise = vec3f(values.specular) - normalReflectance;
  bsdf.specular = coat * normalReflectance + metal * base;
  bsdf.specularRise = coat * rise + metal * (vec3f(1.0) - base);
  // The base receives what the strongest channel lets through, so that a tint of the coat does not show its complement.
  let coatAlbedo = (normalReflectance * albedo.x + rise * albedo.y) * scattered;
  bsdf.diffuse = base * (dielectric * max(1.0 - max(max(coatAlbedo.x, coatAlbedo.y), coatAlbedo.z), 0.0));
  // Lobes are picked by what they scatter in all.
  let diffuse = luminance(bsdf.diffuse);
  let specular = luminance(bsdf.specular) * albedo.x + luminance(bsdf.specularRise) * albedo.y;
  let scale = 1.0 / max(diffuse + specular + clear, 1e-20);
  bsdf.pickDiffuse = diffuse * scale;
  bsdf.pickSpecular = specular * scale;
  bsdf.pickGlass = clear * scale;
  return bsdf;
}

/// Value and density of everything but perfectly smooth lobes, for light from `light` seen from `view`.
fn evaluateBsdf(bsdf: Bsdf, view: vec3f, light: vec3f) -> Scattering {
  var value = vec3f(0.0);
  var density = 0.0;
  if (light.z > LEAST) {
    value = bsdf.diffuse * (light.z * INVERSE_PI);
    density = bsdf.pickDiffuse * light.z * INVERSE_PI;
    if (bsdf.alpha > LEAST) {
      let m = unit(view + light);
      let cosine = dot(view, m);
      let lambdaView = ggxLambda(view, bsdf.alpha);
      let facets = ggxDistribution(m, bsdf.alpha) / (4.0 * view.z);
      let visible = facets / (1.0 + lambdaView);
      let shadowed = facets / (1.0 + lambdaView + ggxLambda(light, bsdf.alpha));
      value += (bsdf.specular + bsdf.specularRise * pow5(1.0 - cosine)) * shadowed;
      density += bsdf.pickSpecular * visible;
      if (bsdf.pickGlass > LEAST) {
        let reflected = glassReflectance(bsdf, cosine);
        value += bsdf.glassReflection * reflected * shadowed;
        density += bsdf.pickGlass * reflected * visible;
      }
    }
  } else if (bsdf.pickGlass > LEAST && bsdf.alpha > LEAST) {
    var m = unit(view + light * bsdf.eta);
    if (m.z < -LEAST) { m = -m; }
    let viewCosine = dot(view, m);
    let lightCosine = dot(light, m);
    if (viewCosine > LEAST && lightCosine < -LEAST) {
      let lambdaView = ggxLambda(view, bsdf.alpha);
      let root = viewCosine + bsdf.eta * lightCosine;
      // dm / dlight times the projections of the visible normals.
      let jacobian = bsdf.eta * bsdf.eta * -lightCosine / max(root * root, 1e-20);
      let facets = ggxDistribution(m, bsdf.alpha) * viewCosine * jacobian / view.z * (1.0 - glassReflectance(bsdf, viewCosine));
      value = bsdf.glassTint * (facets / (1.0 + lambdaView + ggxLambda(light, bsdf.alpha)));
      density = bsdf.pickGlass * facets / (1.0 + lambdaView);
    }
  }
  return Scattering(value, density);
}

/// A direction to go on in. `pick` chooses the lobe, `u` the direction. A weight of 0 ends the path.
fn sampleBsdf(bsdf: Bsdf, view: vec3f, pick: f32, u: vec2f) -> BsdfSample {
  var result = BsdfSample(vec3f(0.0, 0.0, 1.0), vec3f(0.0), 0.0, false);
  if (pick < bsdf.pickDiffuse) {
    result.direction = sampleCosine(u);
    if (bsdf.alpha == 0.0) {
      result.density = bsdf.pickDiffuse * result.direction.z * INVERSE_PI;
      result.weight = bsdf.diffuse * (1.0 / bsdf.pickDiffuse);
      return result;
    }
  } else {
    var m = vec3f(0.0, 0.0, 1.0);
    if (bsdf.alpha > LEAST) { m = sampleVisibleNormal(view, bsdf.alpha, u); }
    let cosine = min(dot(view, m), 1.0);
    if (cosine <= LEAST) { return result; }
    let mirror = m * (2.0 * cosine) - view;
    if (bsdf.pickGlass <= LEAST || pick < bsdf.pickDiffuse + bsdf.pickSpecular) {
      result.direction = mirror;
      if (bsdf.alpha == 0.0) {
        result.weight = (bsdf.specular + bsdf.specularRise * pow5(1.0 - cosine)) * (1.0 / max(bsdf.pickSpecular, 1e-20));
        return result;
      }
    } else {
      let reflected = glassReflectance(bsdf, cosine);
      let chance = (pick - bsdf.pickDiffuse - bsdf.pickSpecular) / max(bsdf.pickGlass, 1e-20);
      if (chance < reflected) {
        result.direction = mirror;
        if (bsdf.alpha == 0.0) {
          result.weight = bsdf.glassReflection * (1.0 / bsdf.pickGlass);
          return result;
        }
      } else {
        let inverse = 1.0 / bsdf.eta;
        let inner = sqrt(max(1.0 - (1.0 - cosine * cosine) * inverse * inverse, 0.0));
        result.direction = unit(m * (cosine * inverse - inner) - view * inverse);
        result.transmitted = true;
        if (bsdf.alpha == 0.0) {
          result.weight = bsdf.glassTint * (1.0 / bsdf.pickGlass);
          return result;
        }
      }
    }
  }
  if ((result.direction.z > LEAST) == result.transmitted) { return result; }
  let scattering = evaluateBsdf(bsdf, view, result.direction);
  if (scattering.density > LEAST) {
    result.density = scattering.density;
    result.weight = scattering.value * (1.0 / scattering.density);
  }
  return result;
}
