/** When a time of day of this machine comes next, in unix milliseconds: today or tomorrow, never now. */
export function nextTimeOfDay(time: { hours: number; minutes: number }, nowMs: number): number {
  const next = new Date(nowMs);
  next.setHours(time.hours, time.minutes, 0, 0);
  if (next.getTime() <= nowMs) next.setDate(next.getDate() + 1);
  return next.getTime();
}
