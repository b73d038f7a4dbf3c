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

  readonly #flags: readonly string[];

  /** @param flags Flags of `lobby serve`, such as `--limits off` for tests that send many messages. */
  constructor(...flags: readonly string[]) {
    this.#flags = flags;
    before(async () => {
      // Lobby starts first, because an open browser would delay the report of its failure.
      this.server = await startLobby(this.folder, 0, this.#flags);
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
    this.server = await startLobby(this.folder, port, this.#flags);
  }

  /** Serves the same rooms at another address while `visit` runs. */
  async elsewhere(visit: (origin: string) => Promise<void>): Promise<void> {
    const server = await startLobby(this.folder, 0, this.#flags);
    await visit(server.origin);
    await server.stop();
  }
}
