import { after, before } from "node:test";
import type { Browser } from "playwright-core";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";
import { startBrowser } from "./browser.ts";
import { startLobby, type RunningServer } from "./process.ts";
import { roomUrl } from "./room-address.ts";

/** A Lobby and a browser for the tests of one `describe`. Construct it in the `describe`; both run during its tests. */
export class LobbyInBrowser {
  declare browser: Browser;
  declare server: RunningServer;
  /** The data folder. */
  readonly folder: string = temporaryFolder();

  constructor() {
    before(async () => {
      // Lobby starts first, because an open browser would delay the report of its failure.
      this.server = await startLobby(this.folder);
      this.browser = await startBrowser();
    });
    after(async () => {
      await this.browser?.close();
      await this.server?.stop();
    });
  }

  /** Returns the address of a room's page. */
  room(name: string): string {
    return roomUrl(this.server.origin, name);
  }

  /** Ends the server with this signal, calls `meanwhile`, and starts the server again at the same address. */
  async restart(signal: NodeJS.Signals, meanwhile: () => Promise<void> = async () => {}): Promise<void> {
    const port = Number(new URL(this.server.origin).port);
    await this.server.stop(signal);
    await meanwhile();
    this.server = await startLobby(this.folder, port);
  }

  /** Serves the same rooms at another address while `visit` runs. */
  async elsewhere(visit: (origin: string) => Promise<void>): Promise<void> {
    const server = await startLobby(this.folder);
    await visit(server.origin);
    await server.stop();
  }
}
