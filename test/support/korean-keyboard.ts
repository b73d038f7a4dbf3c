import type { CDPSession, Page } from "playwright-core";

const ENTER = { code: "Enter", key: "Enter", windowsVirtualKeyCode: 13 } as const;
/** A key that the input method handles: the page receives keyCode 229. */
const HANDLED = { code: "Enter", windowsVirtualKeyCode: 229 } as const;

/** The order of the events of one press of Enter in the middle of a syllable. */
export type EnterOrder = "windows" | "macos" | "macos, plain first" | "linux" | "safari";

const ORDERS: Readonly<Record<EnterOrder, (keyboard: KoreanKeyboard) => Promise<void>>> = {
  /** Microsoft's input method: the key with keyCode 229, then the end of the composition. */
  windows: async (keyboard) => {
    await keyboard.key("rawKeyDown", { ...HANDLED, key: "Process" });
    await keyboard.commit();
    await keyboard.key("keyUp", ENTER);
  },
  /** Chrome on macOS: the key with keyCode 229, the end of the composition, then the plain key. */
  macos: async (keyboard) => {
    await keyboard.key("rawKeyDown", { ...HANDLED, key: "Enter" });
    await keyboard.commit();
    await keyboard.key("keyDown", { ...ENTER, text: "\r" });
    await keyboard.key("keyUp", ENTER);
  },
  /** Chrome on macOS, sometimes: the plain key, then the end of the composition. */
  "macos, plain first": async (keyboard) => {
    await keyboard.key("rawKeyDown", ENTER);
    await keyboard.commit();
    await keyboard.key("keyUp", ENTER);
  },
  /** IBus and Fcitx with Hangul: the end of the composition, then the plain key. */
  linux: async (keyboard) => {
    await keyboard.commit();
    await keyboard.key("keyDown", { ...ENTER, text: "\r" });
    await keyboard.key("keyUp", ENTER);
  },
  /** Safari: the end of the composition, then the key with keyCode 229. */
  safari: async (keyboard) => {
    await keyboard.commit();
    await keyboard.key("rawKeyDown", { ...HANDLED, key: "Enter" });
    await keyboard.key("keyUp", ENTER);
  },
};

/** All known orders. */
export const ENTER_ORDERS: readonly EnterOrder[] = Object.keys(ORDERS) as EnterOrder[];

/**
 * A Korean input method that uses the composition of the browser, so pages receive its real events. `pressEnter` imitates
 * the event orders of the operating systems.
 */
export class KoreanKeyboard {
  readonly #session: CDPSession;
  #composed = "";

  constructor(session: CDPSession) {
    this.#session = session;
  }

  /** Creates the keyboard of a page. */
  static async for(page: Page): Promise<KoreanKeyboard> {
    return new KoreanKeyboard(await page.context().newCDPSession(page));
  }

  /** Types text. Its last character stays in composition until the next key. */
  async compose(text: string): Promise<void> {
    const characters = Array.from(text);
    for (const [index, character] of characters.entries()) {
      this.#composed = character;
      const selection = { selectionStart: 1, selectionEnd: 1 };
      await this.#session.send("Input.imeSetComposition", { text: character, ...selection });
      if (index < characters.length - 1) await this.commit();
    }
  }

  /** Ends the composition with another text, as a choice from a list of candidates does. */
  async choose(text: string): Promise<void> {
    this.#composed = text;
    await this.pressEnter("windows");
  }

  /** Ends the composition and keeps its text. */
  async commit(): Promise<void> {
    await this.#session.send("Input.insertText", { text: this.#composed });
  }

  /** Presses Enter during the composition of the last syllable. */
  pressEnter(order: EnterOrder): Promise<void> {
    return ORDERS[order](this);
  }

  async key(
    type: "rawKeyDown" | "keyDown" | "keyUp",
    key: { code: string; key: string; windowsVirtualKeyCode: number; text?: string },
  ): Promise<void> {
    await this.#session.send("Input.dispatchKeyEvent", { type, ...key });
  }
}
