/**
 * Enter sends, also in the middle of a Hangul syllable.
 *
 * A Korean input method is composing nearly always, so Enter nearly always
 * arrives while it is. Sending right then loses the last syllable or sends it
 * twice; ignoring Enter then makes people press it twice. So: remember that
 * Enter was pressed, let the input method commit, and send what the field holds
 * after that. Browsers tell of one press in different orders (Enter before,
 * within or after the composition, once or twice), so whatever else a press
 * brings before the key is up belongs to it and is swallowed. For kana, Han and
 * bopomofo, Enter chooses the candidate and sends nothing.
 */

/** The keyCode that browsers give to keys an input method takes. */
const KEY_CODE_IME = 229;

const HANGUL = /^\p{Script=Hangul}+$/u;

/** Calls `send` once for each press of Enter that means it. Shift+Enter, and Enter on touch screens, break the line. */
export function enterToSend(field: HTMLTextAreaElement | HTMLInputElement, send: () => void): void {
  const isTouch = matchMedia("(pointer: coarse)").matches;
  if (isTouch && field instanceof HTMLTextAreaElement) field.enterKeyHint = "enter";
  let isComposing = false;
  /** What is being composed, or was composed last. */
  let composed = "";
  let isSendDue = false;
  /** Enter is down and has been dealt with. */
  let isPressTaken = false;

  const on = <Type extends keyof HTMLElementEventMap>(
    type: Type,
    listener: (event: HTMLElementEventMap[Type]) => void,
  ): void => field.addEventListener(type, listener as EventListener);

  const sendOnceCommitted = (): void => {
    // The field has its final value when the events of this composition are over.
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
    // Enter chose a Hanja from the list: that was all it was meant for.
    if (!HANGUL.test(composed)) isSendDue = false;
    if (isSendDue) sendOnceCommitted();
  });

  on("keydown", (event) => {
    const isInputMethods = isComposing || event.keyCode === KEY_CODE_IME;
    if (!isEnter(event)) {
      isPressTaken = false;
      return;
    }
    if (event.shiftKey || (isTouch && field instanceof HTMLTextAreaElement)) return;
    // Nobody but the input method needs this key: the line must not break, nor the form be submitted.
    if (event.keyCode !== KEY_CODE_IME) event.preventDefault();
    if (isPressTaken || event.repeat) return;
    isPressTaken = true;
    if (!isInputMethods) {
      send();
    } else if (HANGUL.test(composed)) {
      isSendDue = true;
      // Some browsers end the composition first and tell of the key afterwards.
      if (!isComposing) sendOnceCommitted();
    }
  });

  on("beforeinput", (event) => {
    if (isPressTaken && /^insert(LineBreak|Paragraph)$/.test(event.inputType)) event.preventDefault();
  });
  on("keyup", (event) => {
    if (isEnter(event)) isPressTaken = false;
  });
  on("blur", () => {
    isPressTaken = false;
  });
}

/** Input methods hide the key, but not the place on the keyboard. */
function isEnter({ key, code, keyCode }: KeyboardEvent): boolean {
  return key === "Enter" || (keyCode === KEY_CODE_IME && (code === "Enter" || code === "NumpadEnter"));
}
