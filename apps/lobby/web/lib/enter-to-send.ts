/**
 * Enter sends the text, even in the middle of a Hangul syllable.
 *
 * A Korean input method is composing almost all the time, so Enter usually arrives during a composition. A page that
 * sends right then loses the last syllable or sends it twice. A page that ignores this Enter makes people press it
 * twice. This code remembers the press, lets the input method commit, and then sends the value of the field.
 *
 * Browsers report one press in different orders: Enter before, during or after the composition, once or twice. All
 * events until the key is up belong to the same press. For kana, Han and bopomofo, Enter selects a candidate and sends
 * nothing.
 */

/** The keyCode of a key that an input method handles. */
const KEY_CODE_IME = 229;

const HANGUL = /^\p{Script=Hangul}+$/u;

/** Calls `send` once for each press of Enter that sends. Shift+Enter, and Enter on touch screens, break the line. */
export function enterToSend(field: HTMLTextAreaElement | HTMLInputElement, send: () => void): void {
  const isTouch = matchMedia("(pointer: coarse)").matches;
  if (isTouch && field instanceof HTMLTextAreaElement) field.enterKeyHint = "enter";
  let isComposing = false;
  /** The current or the last composition. */
  let composed = "";
  let isSendDue = false;
  /** Enter is down, and this press has been handled. */
  let isPressHandled = false;

  const on = <Type extends keyof HTMLElementEventMap>(
    type: Type,
    listener: (event: HTMLElementEventMap[Type]) => void,
  ): void => field.addEventListener(type, listener as EventListener);

  const sendOnceCommitted = (): void => {
    // The field has its final value after the events of this composition.
    setTimeout(() => {
      if (!isSendDue || isComposing) return;
      isSendDue = false;
      send();
    });
  };

  on("compositionstart", () => {
    isComposing = true;
    composed = "";
  });
  on("compositionupdate", ({ data }) => {
    composed = data;
  });
  on("compositionend", ({ data }) => {
    isComposing = false;
    if (data !== "") composed = data;
    // Enter selected a Hanja from the list, and that was its only purpose.
    if (!HANGUL.test(composed)) isSendDue = false;
    if (isSendDue) sendOnceCommitted();
  });

  on("keydown", (event) => {
    const isForInputMethod = isComposing || event.keyCode === KEY_CODE_IME;
    if (!isEnter(event)) {
      isPressHandled = false;
      return;
    }
    if (event.shiftKey || (isTouch && field instanceof HTMLTextAreaElement)) return;
    // Only the input method may use this key. It must neither break the line nor submit the form.
    if (event.keyCode !== KEY_CODE_IME) event.preventDefault();
    if (isPressHandled || event.repeat) return;
    isPressHandled = true;
    if (!isForInputMethod) {
      send();
    } else if (HANGUL.test(composed)) {
      isSendDue = true;
      // Some browsers report the end of the composition before the key.
      if (!isComposing) sendOnceCommitted();
    }
  });

  on("beforeinput", (event) => {
    if (isPressHandled && /^insert(LineBreak|Paragraph)$/.test(event.inputType)) event.preventDefault();
  });
  on("keyup", (event) => {
    if (isEnter(event)) isPressHandled = false;
  });
  on("blur", () => {
    isPressHandled = false;
  });
}

/** Input methods hide the name of the key, but `code` still has its position. */
function isEnter({ key, code, keyCode }: KeyboardEvent): boolean {
  return key === "Enter" || (keyCode === KEY_CODE_IME && (code === "Enter" || code === "NumpadEnter"));
}
