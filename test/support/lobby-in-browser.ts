/** A Lobby and a browser for the tests of one file. */
import { after, before } from "node:test";
import type { Browser } from "playwright-core";
import { startBrowser } from "./browser.ts";
import { startLobby, type RunningServer } from "./process.ts";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";

/** Call it where the tests are described; what it returns is there when they run. */
export class LobbyInBrowser {
  declare browser: Browser;
  declare server: RunningServer;
  readonly #folder = temporaryFolder();

  constructor() {
    before(async () => {
      // First what may fail for a reason that somebody wants to read: a browser that is left open would keep it back.
      this.server = await startLobby(this.#folder);
      this.browser = await startBrowser();
    });
    after(async () => {
      await this.browser?.close();
      await this.server?.stop();
    });
  }

  /** The address of a room's page. */
  room(name: string): string {
    return `${this.server.origin}/chat/${encodeURIComponent(name)}/`;
  }

  /** Ends the server in this manner, lets something happen, and starts it again at the same address. */
  async restart(signal: NodeJS.Signals, meanwhile: () => Promise<void> = async () => {}): Promise<void> {
    const port = Number(new URL(this.server.origin).port);
    await this.server.stop(signal);
    await meanwhile();
    this.server = await startLobby(this.#folder, port);
  }

  /** The same rooms at another address, for as long as a test takes. */
  async elsewhere(visit: (origin: string) => Promise<void>): Promise<void> {
    const server = await startLobby(this.#folder);
    await visit(server.origin);
    await server.stop();
  }
}
