// Hashed, Owen-scrambled Sobol points (Burley 2020, Practical Hash-based Owen Scrambling): padded pairs of dimensions,
// each with its own shuffle of the sample index. Everything is integer arithmetic on four lanes at once.

/// Where a path is in the sequence. A sample's numbers depend on (seed, frame, pixel, sample, dimension) only.
struct Sequence {
  seed: u32,
  /// The bits of the sample's index, reversed.
  reversedIndex: u32,
}

/// A 32-bit integer hash (lowbias32 by Chris Wellons).
fn hash(value: u32) -> u32 {
  var x = value;
  x ^= x >> 16u;
  x *= 0x7feb352du;
  x ^= x >> 15u;
  x *= 0x846ca68bu;
  x ^= x >> 16u;
  return x;
}

fn hash4(value: vec4u) -> vec4u {
  var x = value;
  x ^= x >> vec4u(16u);
  x *= vec4u(0x7feb352du);
  x ^= x >> vec4u(15u);
  x *= vec4u(0x846ca68bu);
  x ^= x >> vec4u(16u);
  return x;
}

/// Owen scrambling of numbers whose bits are reversed (Laine and Karras 2011, constants by Nathan Vegdahl).
fn scrambleReversed(value: vec4u, seeds: vec4u) -> vec4u {
  var x = value;
  x ^= x * vec4u(0x3d20adeau);
  x += seeds;
  x *= (seeds >> vec4u(16u)) | vec4u(1u);
  x ^= x * vec4u(0x05526c56u);
  x ^= x * vec4u(0x53a22864u);
  return x;
}

fn reverse4(value: vec4u) -> vec4u {
  var x = value;
  x = ((x >> vec4u(1u)) & vec4u(0x55555555u)) | ((x & vec4u(0x55555555u)) << vec4u(1u));
  x = ((x >> vec4u(2u)) & vec4u(0x33333333u)) | ((x & vec4u(0x33333333u)) << vec4u(2u));
  x = ((x >> vec4u(4u)) & vec4u(0x0f0f0f0fu)) | ((x & vec4u(0x0f0f0f0fu)) << vec4u(4u));
  x = ((x >> vec4u(8u)) & vec4u(0x00ff00ffu)) | ((x & vec4u(0x00ff00ffu)) << vec4u(8u));
  return (x >> vec4u(16u)) | (x << vec4u(16u));
}

fn sequenceOf(pixelX: u32, pixelY: u32, sample: u32) -> Sequence {
  let seed = hash(pixelX + 0x9e3779b9u * hash(pixelY + 0x9e3779b9u * hash(frame.frame + 0x9e3779b9u * hash(frame.seed))));
  return Sequence(seed, reverseBits(sample));
}

/// Four numbers in [0, 1): two pairs, each a scrambled Sobol (0, 2) sequence over the samples of a pixel.
fn draw4(sequence: Sequence, dimension: u32) -> vec4f {
  let key = vec4u(sequence.seed + dimension * 0x9e3779b9u);
  let scrambles = hash4(key ^ vec4u(0x68bc21ebu, 0x02e5be93u, 0x967a889bu, 0x3c6ef372u));
  let shuffles = hash4(key ^ vec4u(0xa511e9b3u, 0xa511e9b3u, 0x63d83595u, 0x63d83595u));
  // Shuffle the index: the same for both numbers of a pair.
  let index = reverse4(scrambleReversed(vec4u(sequence.reversedIndex), shuffles));
  // The first number of a pair is the radical inverse of the index; its bits reversed are the index itself. The second
  // is Sobol's second dimension, whose reversed bits are the index as a polynomial over GF(2), taken at x + 1.
  var shifted = index;
  shifted ^= (shifted >> vec4u(16u)) & vec4u(0x0000ffffu);
  shifted ^= (shifted >> vec4u(8u)) & vec4u(0x00ff00ffu);
  shifted ^= (shifted >> vec4u(4u)) & vec4u(0x0f0f0f0fu);
  shifted ^= (shifted >> vec4u(2u)) & vec4u(0x33333333u);
  shifted ^= (shifted >> vec4u(1u)) & vec4u(0x55555555u);
  let reversed = select(index, shifted, vec4<bool>(false, true, false, true));
  return vec4f(reverse4(scrambleReversed(reversed, scrambles)) >> vec4u(8u)) * (1.0 / 16777216.0);
}

/// One number in (0, 1] for the alpha of one triangle on one segment of the path: an opacity that reaches it is met.
fn drawAlpha(sequence: Sequence, segment: u32, triangle: u32) -> f32 {
  let key = hash(sequence.seed ^ hash(triangle + 0x9e3779b9u * (segment + 1u)));
  let index = reverse4(scrambleReversed(vec4u(sequence.reversedIndex), vec4u(key)));
  let number = reverse4(scrambleReversed(index, vec4u(hash(key ^ 0x68bc21ebu)))).x;
  return (f32(number >> 8u) + 1.0) * (1.0 / 16777216.0);
}
