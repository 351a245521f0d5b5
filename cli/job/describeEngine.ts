/** What a report says of the engine. A ray is one closest-hit or shadow traversal. */
export function describeEngine(kind: string, { rays, cpuMs }: { rays: number; cpuMs: number }): { kind: string; raysTotal: number; raysPerCpuSecond: number; cpuSeconds: number } {
  return { kind, raysTotal: rays, raysPerCpuSecond: cpuMs === 0 ? 0 : Math.round((rays * 1000) / cpuMs), cpuSeconds: Math.round(cpuMs) / 1000 };
}
