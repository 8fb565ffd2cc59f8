/** Lengths of time in words. */
const units = [
  { name: 'd', us: 86_400_000_000 },
  { name: 'h', us: 3_600_000_000 },
  { name: 'min', us: 60_000_000 },
  { name: 's', us: 1_000_000 },
  { name: 'ms', us: 1_000 },
] as const;

/** In the largest unit in which it is whole. */
export function durationWords(us: number): string {
  if (us === 0) return '0 ms';
  if (us === Number.POSITIVE_INFINITY) return 'for ever';
  for (const unit of units) if (us % unit.us === 0) return `${us / unit.us} ${unit.name}`;
  return `${us} us`;
}
