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
  let isComposing = false;
  /** What is being composed, or was composed last. */
  let composed = "";
  let isSendDue = false;
  /** Enter is down and has been dealt with. */
  let isPressTaken = false;

  const sendOnceCommitted = (): void => {
    // The field has its final value when the events of this composition are over.
    setTimeout(() => {
      isSendDue = false;
      if (!isComposing) send();
    });
  };

  field.addEventListener("compositionstart", () => {
    isComposing = true;
    composed = "";
  });
  field.addEventListener("compositionupdate", (event) => {
    composed = (event as CompositionEvent).data;
  });
  field.addEventListener("compositionend", () => {
    isComposing = false;
    if (isSendDue) sendOnceCommitted();
  });

  field.addEventListener("keydown", (event) => {
    const { key, shiftKey, keyCode, repeat } = event as KeyboardEvent;
    if (key !== "Enter" && keyCode !== 13) {
      // The input method's own key events come as "Process"; any other key ends the press.
      if (keyCode !== KEY_CODE_IME) isPressTaken = false;
      return;
    }
    if (shiftKey || isTouch) return;
    if (isPressTaken || repeat) {
      event.preventDefault();
      return;
    }
    isPressTaken = true;
    const isInputMethods = isComposing || (event as KeyboardEvent).isComposing || keyCode === KEY_CODE_IME;
    // A plain Enter would break the line, even when the composition ends right behind it.
    if (keyCode !== KEY_CODE_IME) event.preventDefault();
    if (!isInputMethods) send();
    else if (HANGUL.test(composed)) {
      isSendDue = true;
      // Some browsers end the composition first and tell of the key afterwards.
      if (!isComposing) sendOnceCommitted();
    }
  });

  field.addEventListener("beforeinput", (event) => {
    const { inputType } = event as InputEvent;
    if (isPressTaken && (inputType === "insertLineBreak" || inputType === "insertParagraph")) event.preventDefault();
  });

  const release = (event: Event): void => {
    if (!(event instanceof KeyboardEvent) || event.key === "Enter" || event.keyCode === 13) isPressTaken = false;
  };
  field.addEventListener("keyup", release);
  field.addEventListener("blur", release);
}
