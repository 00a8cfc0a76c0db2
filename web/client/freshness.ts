// How old the lists are, and whether this device's clock can be right.
const DAY = 86_400_000;
const CLOCKS_DIFFER = 5 * 60_000;
const GREEN_DAYS = 7;
export const AMBER_DAYS = 45;

export type Freshness = "clock" | "today" | "green" | "amber" | "red";

// A clock that stands before the lists were published is wrong: what it says of ends and beginnings is not used.
export function isClockWrong(published: Date, now: Date): boolean {
  return published.getTime() > now.getTime() + CLOCKS_DIFFER;
}

// The age of the lists in days and parts of one, never negative.
export function bundleAge(published: Date, now: number): number {
  return Math.max(now - published.getTime(), 0) / DAY;
}

export function ageInDays(published: Date, now: Date): number {
  return Math.floor(Math.max(now.getTime() - published.getTime(), 0) / DAY);
}

export function freshness(published: Date, now: Date): Freshness {
  if (isClockWrong(published, now)) return "clock";
  const age = Math.max(now.getTime() - published.getTime(), 0);
  if (age < DAY) return "today";
  return age <= GREEN_DAYS * DAY ? "green" : age <= AMBER_DAYS * DAY ? "amber" : "red";
}
