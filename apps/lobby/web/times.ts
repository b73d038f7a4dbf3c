/** Points in time, in the visitor's own zone and manner. */

const clock = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "short" });
const dayAndClock = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
const day = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "full" });

/** Writes a `time` element anew: the hour alone where the day is said elsewhere. */
export function showTime(time: HTMLTimeElement, form: "clock" | "full"): void {
  const at = new Date(time.dateTime);
  time.textContent = (form === "clock" ? clock : dayAndClock).format(at);
  time.title = dayAndClock.format(at);
}

/** The day in words; two points in time on one day have the same. */
export function dayOf(time: HTMLTimeElement): string {
  return day.format(new Date(time.dateTime));
}
