import { element, part } from "../lib/dom.ts";
import { enterToSend } from "../lib/enter-to-send.ts";

/**
 * Lets the nickname form work without a reload of the page.
 * @returns A function that shows another name in the form and on its button.
 */
export function startNicknameForm(): (name: string) => void {
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
      const body = new URLSearchParams({ [input.name]: input.value });
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
