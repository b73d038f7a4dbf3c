/** A real browser for tests. */
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { findBrowser } from "../../scripts/find-program.ts";

/** Nothing here reaches beyond this machine, and no sandbox is needed for our own pages. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  // A page that a test puts in place of another counts as coming from nowhere near.
  "--disable-features=LocalNetworkAccessChecks",
];

/** How long a page may take to show what a test waits for. */
const TIMEOUT_MS = 10_000;

/** Starts a browser; whoever starts it closes it. */
export async function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: await findBrowser(), args: ARGUMENTS });
}

/** Somebody with a browser of their own: their cookies and their language. */
export interface Visitor {
  readonly context: BrowserContext;
  /** Opens a window; its uncaught errors make the test fail when they are looked at. */
  open(url: string): Promise<Page>;
  /** What went wrong in this visitor's pages. */
  readonly problems: readonly string[];
}

/** Lets somebody in who reads this language. */
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
