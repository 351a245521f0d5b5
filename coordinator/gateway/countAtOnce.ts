/** Counts what goes on at once. */
export interface AtOnce {
  /** Gives what ends it; undefined when too much goes on for this key, or in all. */
  enter(key: string): (() => void) | undefined;
}

export function countAtOnce(mostOfOne: number, mostOfAll = Number.MAX_SAFE_INTEGER): AtOnce {
  const counts = new Map<string, number>();
  let all = 0;
  return {
    enter(key) {
      const count = counts.get(key) ?? 0;
      if (count >= mostOfOne || all >= mostOfAll) return undefined;
      counts.set(key, count + 1);
      all++;
      return () => {
        all--;
        const left = (counts.get(key) ?? 1) - 1;
        if (left === 0) counts.delete(key);
        else counts.set(key, left);
      };
    },
  };
}
