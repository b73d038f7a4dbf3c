/** The composition root: the one file that knows every part. */
import path from "node:path";
import {
  consumer,
  cookies,
  InMemoryChannelLayer,
  protocolRouter,
  route,
  Signer,
  stack,
  urlRouter,
  type AllowedOrigins,
} from "@lobby/channels";
import { serve, type Server } from "@lobby/channels-node";
import type { Logger } from "pino";
import type { Config } from "./config.ts";
import { openDataFolder } from "./data-folder.ts";
import { createPages } from "./http/app.ts";
import { loadAssets } from "./http/assets.ts";
import { visitors } from "./identity/visitor.ts";
import { listenError } from "./listen-error.ts";
import { enterRoom } from "./realtime/enter-room.ts";
import { PlainConsumer } from "./realtime/plain-consumer.ts";
import { readableAddress } from "./realtime/readable-address.ts";
import { LayerNotifier } from "./realtime/room-events.ts";
import { Chat } from "./services/chat.ts";
import { People } from "./services/people.ts";
import { lockFolder } from "./store/sqlite/folder-lock.ts";
import { SqliteStore } from "./store/sqlite/sqlite-store.ts";

/** A message of 4,000 code points fits, in any normal form and however its JSON is escaped. */
const MAX_PAYLOAD_BYTES = 131_072;

/** A Lobby that serves. */
export interface Lobby {
  /** Where the rooms are, such as `http://127.0.0.1:8000/chat/`. */
  readonly url: string;
  /** Tells everybody to come back, commits what was taken, and ends. */
  close(): Promise<void>;
}

/**
 * Starts everything.
 * @throws {OperatorError} when the config, the data folder, the database or the port does not allow it.
 */
export async function startLobby(config: Config, log: Logger): Promise<Lobby> {
  const assets = await loadAssets();
  const { databaseFile, secret } = await openDataFolder(config.dataFolder);
  // What was opened last is closed first.
  await using resources = new AsyncDisposableStack();
  resources.use(lockFolder(path.dirname(databaseFile)));
  const layer = new InMemoryChannelLayer({ onDrop: (drop) => log.warn({ drop }, "A message was dropped") });
  resources.defer(() => layer.close());
  const { store, applied } = await SqliteStore.open(databaseFile);
  resources.defer(() => store.close());
  if (applied.length > 0) log.info({ applied }, "The database was migrated");

  const clock = { nowMs: () => Date.now() };
  const chat = new Chat(store, new LayerNotifier(layer), clock);
  const people = new People(store, clock);
  const allowedOrigins: AllowedOrigins = config.publicUrl === undefined ? "same-origin" : [config.publicUrl.origin];

  const pages = createPages({
    chat,
    people,
    assets,
    allowedOrigins,
    publicUrl: config.publicUrl,
    checkReadiness: () => store.check(),
    onError: (error, path) => log.error({ err: error, path }, "A page failed"),
  });
  const withVisitor = stack(
    cookies(),
    visitors({
      signer: new Signer(secret),
      nowMs: clock.nowMs,
      isAlwaysSecure: config.publicUrl?.protocol === "https:",
    }),
  );
  const application = protocolRouter({
    layer,
    http: withVisitor(pages.fetch),
    websocket: withVisitor(
      stack(readableAddress)(urlRouter([route("/ws/chat/:room/", stack(enterRoom)(consumer(PlainConsumer, chat)))])),
    ),
  });
  const server = await listen(application, config, allowedOrigins, log);
  resources.defer(() => server.close());
  const running = resources.move();
  return { url: `${server.url}/chat/`, close: () => running.disposeAsync() };
}

async function listen(
  application: Parameters<typeof serve>[0],
  { host, port, trustProxy }: Config,
  allowedOrigins: AllowedOrigins,
  log: Logger,
): Promise<Server> {
  try {
    return await serve(application, {
      listen: { host, port },
      allowedOrigins,
      trustProxy,
      maxPayloadBytes: MAX_PAYLOAD_BYTES,
      onAccess: (entry) => log.info(entry, "access"),
      onReport: ({ level, source, operation, error }) =>
        log[level === "error" ? "error" : "warn"]({ source, operation, err: error }, "A consumer reported"),
    });
  } catch (error) {
    throw listenError(error, host, port);
  }
}
