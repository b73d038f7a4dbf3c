/** The draft of a message. It survives a reload where the browser permits storage. */

/** Returns the draft for this page. */
export function loadDraft(): string {
  try {
    return sessionStorage.getItem(key()) ?? "";
  } catch {
    return "";
  }
}

/** Keeps the draft for this page while the tab is open. */
export function saveDraft(text: string): void {
  try {
    sessionStorage.setItem(key(), text);
  } catch {
    // The storage is blocked or full. The page then works without drafts.
  }
}

function key(): string {
  return `draft ${location.pathname}`;
}
