import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { findBrowser } from "../../scripts/find-program.ts";

/** The tests open only their own pages of this machine, so they need no sandbox. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  // The browser treats a page that a test provides as one of another network.
  "--disable-features=LocalNetworkAccessChecks",
];

/** The time-out of each wait for a page. */
const TIMEOUT_MS = 10_000;

/** Starts a browser, which the caller closes. */
export async function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: await findBrowser(), args: ARGUMENTS });
}

/** A visitor with cookies and a language of their own. */
export interface Visitor {
  readonly context: BrowserContext;
  /** Opens a page in a new tab. */
  open(url: string): Promise<Page>;
  /** The uncaught errors of this visitor's pages. */
  readonly problems: readonly string[];
}

/** Creates a visitor who prefers this language. */
export async function visit(browser: Browser, locale: "ko-KR" | "en-US" = "en-US"): Promise<Visitor> {
  const context = await browser.newContext({ locale, timezoneId: "Asia/Seoul" });
  context.setDefaultTimeout(TIMEOUT_MS);
  const problems: string[] = [];
  return {
    context,
    problems,
    async open(url) {
      const page = await context.newPage();
      page.on("pageerror", (error) => problems.push(error.message));
      await page.goto(url);
      return page;
    },
  };
}
