/** Bounds of an endpoint. */
export interface EndpointLimits {
  /** Parts of one `add`. */
  maxParts: number;
  /** Connections at once. */
  maxConnections: number;
  /** A connection on which nothing moves for this long is closed. */
  idleMs: number;
  /** A request must be over by then. */
  requestMs: number;
  /** A block that nothing pins is garbage so long after it was added; until then its pin may be on its way. */
  keptUnpinnedMs: number;
}

export const ENDPOINT_LIMITS: EndpointLimits = {
  maxParts: 100_000,
  maxConnections: 1024,
  idleMs: 60_000,
  requestMs: 3_600_000,
  keptUnpinnedMs: 3_600_000,
};
