/** What is half written outlives a reload, where the browser lets pages remember anything. */

/** What was kept for this page. */
export function loadDraft(): string {
  try {
    return sessionStorage.getItem(key()) ?? "";
  } catch {
    return "";
  }
}

/** Keeps it for as long as the tab is open. */
export function saveDraft(text: string): void {
  try {
    sessionStorage.setItem(key(), text);
  } catch {
    // Storage is blocked, or full: then there are no drafts.
  }
}

function key(): string {
  return `draft ${location.pathname}`;
}
