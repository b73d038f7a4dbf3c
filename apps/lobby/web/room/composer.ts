import { checkMessageText, countCodePoints, MAX_MESSAGE_CODE_POINTS } from "@lobby/protocol";
import { element } from "../lib/dom.ts";
import { enterToSend } from "../lib/enter-to-send.ts";
import { loadDraft, saveDraft } from "./drafts.ts";

/**
 * Shows the field for a new message, and passes each message to `post`.
 * @returns A function that puts a text back into the field, before the text there.
 */
export function startComposer(post: (text: string) => void): (text: string) => void {
  const form = element("composer", HTMLFormElement);
  const field = element("chat-message-input", HTMLTextAreaElement);
  const button = element("chat-message-submit", HTMLButtonElement);
  const note = element("composer-note", HTMLElement);

  const text = (): string => field.value.normalize("NFC");
  const excess = (): number => countCodePoints(text()) - MAX_MESSAGE_CODE_POINTS;
  // The server explains forbidden characters in a phrase that this page does not have, so those are sent.
  const isSendable = (): boolean => !isEmpty(text()) && excess() <= 0;

  const update = (): void => {
    saveDraft(field.value);
    const over = excess();
    note.textContent = over > 0 ? (field.dataset["tooLong"] ?? "").replace("{count}", String(over)) : "";
    button.disabled = !isSendable();
  };
  const submit = (): void => {
    if (!isSendable()) return;
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

  return (returned) => {
    field.value = field.value === "" ? returned : `${returned}\n${field.value}`;
    update();
    field.focus();
  };
}

function isEmpty(text: string): boolean {
  const check = checkMessageText(text);
  return !check.ok && check.code === "LOBBY_MESSAGE_EMPTY";
}
