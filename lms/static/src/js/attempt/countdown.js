// Counts down an attempt's remaining time; the server decides. Uses no DOM.

const WARNINGS = [5, 1]; // minutes

/** Returns seconds as a clock shows them: 29:05 or 1:00:00. */
export function clockFace(seconds) {
  const hours = Math.floor(seconds / 3600);
  const minutes = String(Math.floor(seconds / 60) % 60).padStart(hours ? 2 : 1, '0');
  return `${hours ? `${hours}:` : ''}${minutes}:${String(seconds % 60).padStart(2, '0')}`;
}

export class Countdown {
  /** `seconds` are left at this moment; `now()` is in milliseconds. */
  constructor(seconds, now = Date.now) {
    this.now = now;
    this.last = seconds + 1;
    this.set(seconds);
  }

  /** Sets the remaining seconds, as the server reports them. */
  set(seconds) {
    this.end = this.now() + seconds * 1000;
  }

  /** Returns the remaining seconds, and 5 or 1 as `warning` when that many minutes have just been reached, else null. */
  tick() {
    const left = Math.max(0, Math.round((this.end - this.now()) / 1000));
    const crossed = WARNINGS.filter((minutes) => left > 0 && left <= minutes * 60 && this.last > minutes * 60);
    this.last = left;
    return { left, warning: crossed.at(-1) ?? null };
  }
}
