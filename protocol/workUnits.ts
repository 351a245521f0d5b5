/**
 * A work unit is this many rays (closest-hit and shadow traversals together): one second of one thread on a machine of
 * score 100. A weight, the work units of a chunk, is an estimate of the rays that its samples trace, in whole units and
 * at least one. Rays are counted by the kernel, and the kernel gives every machine the same bits, so the same samples
 * have the same count everywhere: a weight says nothing of the machine that estimated it. What a ray takes differs
 * within a scene (the sky is cheap, deep geometry and many textures are not); weights do not know of it.
 */
export const RAYS_PER_UNIT = 1_200_000;

/**
 * How often over a chunk may trace the rays that it is paid for before a worker leaves the job alone. The artist sets
 * the weights, and pay, bond and time to commit follow them, so weights that lie cost somebody:
 *
 * - Light where it is heavy: whoever renders those chunks is paid for less than it did, and the artist who cancels when
 *   they are done has bought the dear part of the picture cheaply. Far too light, and the chunk cannot be committed in
 *   its time: the bond is lost as well. Verifiers get a share of the pay for the same number of drawn samples, so theirs
 *   is thin too.
 * - Heavy where it is light: the artist overpays those, bar that it may have a worker of its own take them; money then
 *   goes round, less the verifiers' fees. It gains nothing.
 *
 * The contract cannot know rays, so it cannot bound the ratio; but every worker counts them as it renders, at no cost
 * and without noise. The first lease of a lying job is all it loses: it leaves the job alone from there on, and a lie
 * that nobody works for gains nothing. An honest probe is within a small factor on a lease even where one bright corner
 * decides, and the bound leaves room for it; below it the price per unit stays an offer that anyone may take or leave.
 */
export const MOST_RAYS_PER_PAID_RAY = 4;

/** The weight of a chunk whose samples trace so many rays; may be more than a lease or a u16 holds. */
export function unitsOfRays(rays: number): number {
  return Math.max(1, Math.round(rays / RAYS_PER_UNIT));
}

/** Whether chunks of `units` work units that traced so many rays were weighed as a lie; rounding is forgiven. */
export function isUnderweighed({ rays, units, chunks }: { rays: number; units: number; chunks: number }): boolean {
  return rays > MOST_RAYS_PER_PAID_RAY * (units + chunks) * RAYS_PER_UNIT;
}
