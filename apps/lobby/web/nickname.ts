/** Changing one's name without leaving the page. */
import { element, part } from "./dom.ts";
import { enterToSend } from "./enter-to-send.ts";

/**
 * Makes the form, which works by itself, work in place.
 * @returns what shows another name, as the name of whoever the visitor turns out to be.
 */
export function startNickname(): (name: string) => void {
  const form = element("nickname-form", HTMLFormElement);
  const input = element("nickname-input", HTMLInputElement);
  const problem = element("nickname-error", HTMLElement);
  const button = element("my-name", HTMLButtonElement);

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void save();
  });
  enterToSend(input, () => form.requestSubmit());

  return show;

  function show(name: string): void {
    input.value = name;
    part(button, "bdi", HTMLElement).textContent = name;
  }

  async function save(): Promise<void> {
    problem.textContent = "";
    try {
      const body = new URLSearchParams({ nickname: input.value });
      const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      const answer = (await response.json()) as { nickname?: string; error?: { message: string } };
      if (answer.nickname === undefined) {
        problem.textContent = answer.error?.message ?? form.dataset["failed"] ?? "";
        return;
      }
      show(answer.nickname);
      element("nickname-card", HTMLElement).hidePopover();
    } catch {
      problem.textContent = form.dataset["failed"] ?? "";
    }
  }
}
