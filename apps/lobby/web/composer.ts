/** The field to write in. */
import { countCodePoints } from "@lobby/protocol";
import { element } from "./dom.ts";
import { loadDraft, saveDraft } from "./drafts.ts";
import { enterToSend } from "./enter-to-send.ts";

/** Shows the field and hands over each text that is to be sent. */
export function startComposer(post: (text: string) => void): void {
  const form = element("composer", HTMLFormElement);
  const field = element("chat-message-input", HTMLTextAreaElement);
  const button = element("chat-message-submit", HTMLButtonElement);
  const note = element("composer-note", HTMLElement);
  const { maxCodePoints = "0", tooLong = "" } = field.dataset;

  const excess = (): number => countCodePoints(text()) - Number(maxCodePoints);
  const text = (): string => field.value.normalize("NFC");

  const update = (): void => {
    saveDraft(field.value);
    const over = excess();
    note.textContent = over > 0 ? tooLong.replace("{count}", String(over)) : "";
    button.disabled = over > 0 || field.value.trim() === "";
  };
  const submit = (): void => {
    if (field.value.trim() === "" || excess() > 0) return;
    post(text());
    field.value = "";
    update();
  };

  field.addEventListener("input", update);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
    field.focus();
  });
  enterToSend(field, submit);

  form.hidden = false;
  field.value = loadDraft();
  update();
  if (!matchMedia("(pointer: coarse)").matches) field.focus();
}
