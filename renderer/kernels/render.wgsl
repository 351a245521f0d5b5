/// Renders one item: samples begin to end of one pixel, added in float32 in their order.
@compute @workgroup_size(64)
fn renderItems(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x;
  if (index >= arrayLength(&items)) { return; }
  let item = items[index];
  var sum = vec4f(0.0);
  var rays = 0u;
  for (var sample = item.sampleBegin; sample < item.sampleEnd; sample++) {
    let traced = tracePath(item.x, item.y, sample);
    rays += traced.rays;
    // A sample that is not finite counts as zero, so that one bad path cannot spoil a pixel.
    let radiance = cleared(traced.radiance);
    if (isFinite(radiance.x) && isFinite(radiance.y) && isFinite(radiance.z)) { sum += vec4f(radiance, traced.coverage); }
  }
  // Sums begin at +0, and +0 plus anything is never -0.
  sums[index] = Sum(sum.xyz, sum.w);
  counters[index] = rays;
}
