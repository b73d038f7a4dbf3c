/** A Lobby and a browser for the tests of one file. */
import { after, before } from "node:test";
import type { Browser } from "playwright-core";
import { startBrowser } from "./browser.ts";
import { startLobby, temporaryFolder, type RunningServer } from "./process.ts";

/** Call it where the tests are described; what it returns is there when they run. */
export class LobbyInBrowser {
  browser!: Browser;
  server!: RunningServer;
  #folder!: Awaited<ReturnType<typeof temporaryFolder>>;

  constructor() {
    before(async () => {
      this.#folder = await temporaryFolder();
      [this.browser, this.server] = await Promise.all([startBrowser(), startLobby(this.#folder.path)]);
    });
    after(async () => {
      await this.browser.close();
      await this.server.stop();
      await this.#folder.remove();
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
    this.server = await startLobby(this.#folder.path, port);
  }

  /** The same rooms at another address, for as long as a test takes. */
  async elsewhere(visit: (origin: string) => Promise<void>): Promise<void> {
    const server = await startLobby(this.#folder.path);
    await visit(server.origin);
    await server.stop();
  }
}
