/**
 * What a report says of the engine. A ray is one closest-hit or shadow traversal; `restarts` counts the fresh engines
 * that took the place of one that failed.
 */
export function describeEngine(
  kind: string,
  { rays, cpuMs, restarts }: { rays: number; cpuMs: number; restarts: number },
): { kind: string; raysTotal: number; raysPerCpuSecond: number; cpuSeconds: number; restarts: number } {
  return {
    kind,
    raysTotal: rays,
    raysPerCpuSecond: cpuMs === 0 ? 0 : Math.round((rays * 1000) / cpuMs),
    cpuSeconds: Math.round(cpuMs) / 1000,
    restarts,
  };
}
