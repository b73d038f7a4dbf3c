/** The composition root: it connects the parts of Lobby, and is the only file that knows them all. */
import {
  cookies,
  InMemoryChannelLayer,
  protocolRouter,
  Signer,
  stack,
  type AllowedOrigins,
  type ConsumerReport,
} from "@lobby/channels";
import { serve, type ConnectionLimit, type Server } from "@lobby/channels-node";
import { INDEX_PATH, MAX_FRAME_BYTES } from "@lobby/protocol";
import type { Logger } from "pino";
import { createApp, MAX_BODY_BYTES } from "./http/app.ts";
import { loadClientFiles } from "./http/client-files.ts";
import { serveInTurns } from "./http/serve-in-turns.ts";
import { OPEN_GATE, type Gate } from "./limits/gate.ts";
import { LimitedGate } from "./limits/limited-gate.ts";
import { MAXIMA } from "./limits/limits.ts";
import { RefusalCounts } from "./limits/refusal-counts.ts";
import type { Config } from "./operations/config.ts";
import { openDataFolder } from "./operations/data-folder.ts";
import { listenError } from "./operations/listen-error.ts";
import { ownNames } from "./operations/own-names.ts";
import { People } from "./people/people.ts";
import { admitConnections } from "./realtime/admit-connections.ts";
import { layerNotifier } from "./realtime/notifier.ts";
import { socketRoutes } from "./realtime/routes.ts";
import { Rooms } from "./rooms/rooms.ts";
import { systemClock } from "./shared/clock.ts";
import { prepareNames } from "./shared/prepare-names.ts";
import { FolderLock } from "./storage/sqlite/folder-lock.ts";
import { SqliteStore } from "./storage/sqlite/sqlite-store.ts";
import { requireHost } from "./visitors/require-host.ts";
import { GuestCookie } from "./visitors/guest-cookie.ts";
import { visitors } from "./visitors/visitor.ts";

/** A running server. */
export interface Lobby {
  /** The address of the index, such as `http://127.0.0.1:8000/chat/`. */
  readonly url: string;
  /** Closes every connection with a request to reconnect, commits accepted messages, and frees the data folder. */
  close(): Promise<void>;
}

/**
 * Starts a server.
 * @throws {OperatorError} When the data folder, the database, the browser client or the port is not usable.
 */
export async function startLobby(config: Config, log: Logger): Promise<Lobby> {
  prepareNames();
  const files = await loadClientFiles();
  const folder = await openDataFolder(config.dataFolder);
  // The stack disposes its resources in reverse order.
  await using resources = new AsyncDisposableStack();
  for (const warning of folder.warnings) log.warn(warning);
  const lock = resources.use(new FolderLock(folder.path, folder.databaseFile));
  const layer = new InMemoryChannelLayer({ onDrop: (drop) => log.warn({ drop }, "A message was dropped") });
  resources.defer(() => layer.close());
  const { store, applied } = await SqliteStore.open(folder.databaseFile, ({ level, message, ...details }) =>
    log[level](details, message),
  );
  resources.defer(() => store.close());
  if (applied.length > 0) log.info({ applied }, "The database was migrated");

  const rooms = new Rooms(store, layerNotifier(layer), systemClock);
  const people = new People(store, systemClock);
  const refusals = new RefusalCounts((limit, count) => log.info({ limit, refusals: count }, "A limit was reached"));
  const gate =
    config.limits === "on"
      ? new LimitedGate({ people: store, rooms: store, clock: systemClock, refusals, exempt: config.limitsExempt })
      : OPEN_GATE;
  const { publicUrl } = config;
  const allowedOrigins: AllowedOrigins = publicUrl === undefined ? "same-origin" : [publicUrl.origin];

  const checkHost = requireHost(publicUrl, ownNames(config.host));
  const checkReadiness = async (): Promise<string | undefined> => {
    try {
      const problem = await store.check();
      if (lock.renew()) log.warn("The file `lock` was deleted or replaced. Lobby has locked the data folder again.");
      return problem;
    } catch (error) {
      return (error as Error).message;
    }
  };
  const app = createApp({ rooms, people, gate, files, allowedOrigins, publicUrl, checkHost, checkReadiness });
  const withVisitor = stack(
    cookies(),
    visitors({
      guestCookie: new GuestCookie({ signer: new Signer(folder.secret), folderTag: folder.tag }),
      clock: systemClock,
      isAlwaysSecure: publicUrl?.protocol === "https:",
    }),
  );
  const application = protocolRouter({
    layer,
    http: serveInTurns(gate, withVisitor(app)),
    websocket: withVisitor(socketRoutes(rooms, gate, checkHost)),
  });
  const server = await listen(application, config, allowedOrigins, gate, refusals, log);
  resources.defer(() => server.close());
  const running = resources.move();
  return { url: new URL(INDEX_PATH, server.url).href, close: () => running.disposeAsync() };
}

async function listen(
  application: Parameters<typeof serve>[0],
  { host, port, trustProxy, limits, limitsExempt }: Config,
  allowedOrigins: AllowedOrigins,
  gate: Gate,
  refusals: RefusalCounts,
  log: Logger,
): Promise<Server> {
  try {
    return await serve(application, {
      listen: { host, port },
      allowedOrigins,
      trustProxy,
      admit: admitConnections(gate),
      ...(limits === "on" && { connectionLimit: connectionLimit(limitsExempt, refusals) }),
      maxPayloadBytes: MAX_FRAME_BYTES,
      maxBodyBytes: MAX_BODY_BYTES,
      onAccess: (entry) => log.info(entry, "access"),
      onReport: (report) => logReport(report, log),
    });
  } catch (error) {
    throw listenError(error, host, port);
  }
}

function connectionLimit(exempt: readonly string[], refusals: RefusalCounts): ConnectionLimit {
  return {
    perNetwork: MAXIMA.networkConnections.most,
    total: MAXIMA.totalConnections.most,
    exempt,
    onRefused: (limit) =>
      refusals.add(limit === "perNetwork" ? "networkConnections" : "totalConnections", systemClock.nowMs()),
  };
}

/** What an operator can do about a warning of the framework, which does not know the settings of Lobby. */
const ADVICE: Readonly<Record<string, string>> = {
  CHANNELS_ORIGIN_REFUSED: "A page was refused. If it is yours, start Lobby with its address as --public-url",
  CHANNELS_UNTRUSTED_PROXY: "Visitors share one address. If it is your proxy's, start Lobby with it in --trust-proxy",
};

/** Logs a report of the server or of a consumer. */
function logReport({ level, source, operation, error }: ConsumerReport, log: Logger): void {
  const advice = ADVICE[String((error as { readonly code?: unknown } | undefined)?.code)];
  const sentence = advice ?? (source === "http" ? "A page failed" : "A consumer reported");
  log[level === "error" ? "error" : "warn"]({ source, operation, err: error }, sentence);
}
