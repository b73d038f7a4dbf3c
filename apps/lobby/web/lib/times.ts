/** Times in the visitor's time zone and language. */

const clock = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "short" });
const dayAndClock = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
const day = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "full" });

/** Writes the local time into a `time` element, with or without the day. */
export function showTime(time: HTMLTimeElement, form: "clock" | "full"): void {
  const at = new Date(time.dateTime);
  time.textContent = (form === "clock" ? clock : dayAndClock).format(at);
  time.title = dayAndClock.format(at);
}

/** Returns the day of a `time` element in words. Times on the same day have the same words. */
export function dayOf(time: HTMLTimeElement): string {
  return day.format(new Date(time.dateTime));
}
