/** What people do in a room's page, and what they see there. */
import type { Page } from "playwright-core";

/** Waits until the page has its connection and everything that was said. */
export async function connected(page: Page): Promise<void> {
  await page.locator("#connection:empty").waitFor({ state: "attached" });
}

/** Writes a message and presses Enter. */
export async function say(page: Page, text: string): Promise<void> {
  await page.fill("#chat-message-input", text);
  await page.press("#chat-message-input", "Enter");
}

/** Waits until a message with exactly this text has come from the server. */
export async function seen(page: Page, text: string): Promise<void> {
  await page.locator(".message[data-seq] .text").getByText(text, { exact: true }).waitFor();
}

/** What the log shows as said, in its order. */
export function lines(page: Page): Promise<string[]> {
  return page.locator(".message[data-seq] .text").allTextContents();
}
