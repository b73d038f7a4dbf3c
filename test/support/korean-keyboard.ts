/**
 * A Korean input method for tests, through the browser's own composition: what
 * the page gets are the browser's real events, in the orders in which operating
 * systems are known to bring them.
 */
import type { CDPSession, Page } from "playwright-core";

const ENTER = { code: "Enter", key: "Enter", windowsVirtualKeyCode: 13 } as const;
/** A key that the input method takes: the page sees keyCode 229. */
const TAKEN = { code: "Enter", windowsVirtualKeyCode: 229 } as const;

/** How one press of Enter in the middle of a syllable arrives. */
export type EnterOrder = "windows" | "macos" | "macos, plain first" | "linux" | "safari";

const ORDERS: Readonly<Record<EnterOrder, (keyboard: KoreanKeyboard) => Promise<void>>> = {
  /** Microsoft's input method: the key is hidden, and the composition ends behind it. */
  windows: async (keyboard) => {
    await keyboard.key("rawKeyDown", { ...TAKEN, key: "Process" });
    await keyboard.commit();
    await keyboard.key("keyUp", ENTER);
  },
  /** Chrome on macOS: the same press comes a second time, plain, once the composition has ended. */
  macos: async (keyboard) => {
    await keyboard.key("rawKeyDown", { ...TAKEN, key: "Enter" });
    await keyboard.commit();
    await keyboard.key("keyDown", { ...ENTER, text: "\r" });
    await keyboard.key("keyUp", ENTER);
  },
  /** Chrome on macOS, at times: a plain Enter before the composition ends. */
  "macos, plain first": async (keyboard) => {
    await keyboard.key("rawKeyDown", ENTER);
    await keyboard.commit();
    await keyboard.key("keyUp", ENTER);
  },
  /** IBus and Fcitx with Hangul: the composition ends, then a plain Enter. */
  linux: async (keyboard) => {
    await keyboard.commit();
    await keyboard.key("keyDown", { ...ENTER, text: "\r" });
    await keyboard.key("keyUp", ENTER);
  },
  /** Safari: the composition ends, then the hidden key. */
  safari: async (keyboard) => {
    await keyboard.commit();
    await keyboard.key("rawKeyDown", { ...TAKEN, key: "Enter" });
    await keyboard.key("keyUp", ENTER);
  },
};

/** Every order that is known. */
export const ENTER_ORDERS: readonly EnterOrder[] = Object.keys(ORDERS) as EnterOrder[];

/** See the head of this file. */
export class KoreanKeyboard {
  readonly #session: CDPSession;
  #composed = "";

  constructor(session: CDPSession) {
    this.#session = session;
  }

  static async for(page: Page): Promise<KoreanKeyboard> {
    return new KoreanKeyboard(await page.context().newCDPSession(page));
  }

  /** Types text; its last character stays in composition, as it does until the next key is pressed. */
  async compose(text: string): Promise<void> {
    const characters = Array.from(text);
    for (const [index, character] of characters.entries()) {
      this.#composed = character;
      const selection = { selectionStart: 1, selectionEnd: 1 };
      await this.#session.send("Input.imeSetComposition", { text: character, ...selection });
      if (index < characters.length - 1) await this.commit();
    }
  }

  /** Ends the composition with another text, as choosing from a list of candidates does. */
  async choose(text: string): Promise<void> {
    this.#composed = text;
    await this.pressEnter("windows");
  }

  /** Ends the composition, keeping its text. */
  async commit(): Promise<void> {
    await this.#session.send("Input.insertText", { text: this.#composed });
  }

  /** Presses Enter while the last syllable is composed. */
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
