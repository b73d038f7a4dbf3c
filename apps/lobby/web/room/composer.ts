import {
  checkMessageText,
  codePointNotation,
  type MessageText,
  type MessageTextCode,
  type TextBreach,
} from "@lobby/protocol";
import { element } from "../lib/dom.ts";
import { enterToSend } from "../lib/enter-to-send.ts";
import { loadDraft, saveDraft } from "./drafts.ts";

/**
 * Shows the field for a new message, and passes each valid message to `post`.
 * @returns A function that puts a text back into the field, before the text there.
 */
export function startComposer(post: (text: MessageText) => void): (text: string) => void {
  const form = element("composer", HTMLFormElement);
  const field = element("chat-message-input", HTMLTextAreaElement);
  const button = element("chat-message-submit", HTMLButtonElement);
  const note = element("composer-note", HTMLElement);

  const update = (): void => {
    saveDraft(field.value);
    const check = checkMessageText(field.value);
    button.disabled = !check.ok;
    note.textContent = check.ok ? "" : explain(check);
  };
  const explain = ({ code, excess = 0, character = "" }: TextBreach<MessageTextCode>): string => {
    const phrase = field.dataset[PHRASES[code]] ?? "";
    return phrase.replace("{count}", String(excess)).replace("{character}", codePointNotation(character));
  };
  const submit = (): void => {
    const check = checkMessageText(field.value);
    if (!check.ok) return;
    post(check.value);
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

/** The data attribute with the phrase for each breach. An empty field needs no phrase. */
const PHRASES: Readonly<Record<MessageTextCode, string>> = {
  LOBBY_MESSAGE_EMPTY: "",
  LOBBY_MESSAGE_TOO_LONG: "tooLong",
  LOBBY_MESSAGE_MARKS: "marks",
  LOBBY_MESSAGE_CHARACTERS: "characters",
};
