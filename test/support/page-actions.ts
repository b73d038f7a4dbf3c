/** Actions of a visitor on the page of a room. */
import type { Page } from "playwright-core";

/** Waits until the page is connected and has loaded the log. */
export async function connected(page: Page): Promise<void> {
  await page.locator("#connection:empty").waitFor({ state: "attached" });
}

/** Types a message and presses Enter. */
export async function say(page: Page, text: string): Promise<void> {
  await page.fill("#chat-message-input", text);
  await page.press("#chat-message-input", "Enter");
}

/** Waits until a message with exactly this text has arrived from the server. */
export async function seen(page: Page, text: string): Promise<void> {
  await page.locator(".message[data-seq] .text").getByText(text, { exact: true }).waitFor();
}

/** Returns the texts of the messages from the server, in the order of the log. */
export function lines(page: Page): Promise<string[]> {
  return page.locator(".message[data-seq] .text").allTextContents();
}
