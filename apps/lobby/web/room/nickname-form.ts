import type { PlainError } from "@lobby/protocol";
import { element, part } from "../lib/dom.ts";
import { enterToSend } from "../lib/enter-to-send.ts";
import { repeatDelayMs } from "../lib/retry-delay.ts";

/**
 * Lets the nickname form work without a reload of the page.
 * @param announce Announces a sentence to screen readers.
 * @returns A function that shows another name in the form and on its button.
 */
export function startNicknameForm(announce: (sentence: string) => void): (name: string) => void {
  const form = element("nickname-form", HTMLFormElement);
  const input = element("nickname-input", HTMLInputElement);
  const problem = element("nickname-error", HTMLElement);
  const button = element("my-name", HTMLButtonElement);
  /** Repeats a refused form. */
  let repeat: ReturnType<typeof setTimeout> | undefined;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void save(1);
  });
  input.addEventListener("input", () => {
    clearTimeout(repeat);
    problem.textContent = "";
  });
  enterToSend(input, () => form.requestSubmit());

  return show;

  function show(name: string): void {
    input.value = name;
    part(button, "bdi", HTMLElement).textContent = name;
  }

  /** Repeats the form after the wait that the server named, unless the visitor types another name meanwhile. */
  function saveLater(retryAfterMs: number, attempt: number): void {
    const waitMs = repeatDelayMs(retryAfterMs, attempt);
    const seconds = String(Math.ceil(waitMs / 1000));
    problem.textContent += ` ${(form.dataset["savesLater"] ?? "").replace("{seconds}", seconds)}`;
    repeat = setTimeout(() => void save(attempt + 1), waitMs);
  }

  async function save(attempt: number): Promise<void> {
    clearTimeout(repeat);
    problem.textContent = "";
    try {
      const body = new URLSearchParams({ [input.name]: input.value });
      const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      const answer = (await response.json()) as { nickname?: string; error?: PlainError["error"] };
      if (answer.nickname === undefined) {
        problem.textContent = answer.error?.message ?? form.dataset["failed"] ?? "";
        if (answer.error?.retryAfterMs !== undefined) saveLater(answer.error.retryAfterMs, attempt);
        return;
      }
      show(answer.nickname);
      if (attempt > 1) announce(form.dataset["saved"] ?? "");
      element("nickname-card", HTMLElement).hidePopover();
    } catch {
      problem.textContent = form.dataset["failed"] ?? "";
    }
  }
}
