/** The HTTP side of Lobby: a table of routes. */
import type { AllowedOrigins } from "@lobby/channels";
import { INDEX_PATH, ROOM_PATTERN } from "@lobby/protocol";
import { Hono, type Handler, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { methodNotAllowed } from "hono/method-not-allowed";
import type { People } from "../people/people.ts";
import type { Rooms } from "../rooms/rooms.ts";
import type { ClientFiles } from "./client-files.ts";
import type { Env } from "./context.ts";
import { Failures } from "./failures.ts";
import { RENAME_FORM } from "./pages/nickname-card.ts";
import { requireHost } from "./require-host.ts";
import { assetRoute } from "./routes/assets.ts";
import { healthRoutes } from "./routes/health.ts";
import { renameRoute } from "./routes/people.ts";
import { ROOM_ROUTE, roomRoutes } from "./routes/rooms.ts";
import { securityHeaders } from "./security-headers.ts";
import { showPageWith } from "./show-page.ts";

/** The largest form that the server reads. */
const MAX_FORM_BYTES = 16_384;

/** The dependencies and settings of the pages. */
export interface AppOptions {
  readonly rooms: Rooms;
  readonly people: People;
  readonly files: ClientFiles;
  /** The origins whose pages can send forms. */
  readonly allowedOrigins: AllowedOrigins;
  /** The address at which visitors reach the server. Undefined: the one of each request. */
  readonly publicUrl: URL | undefined;
  /** Rejects when the server cannot serve. */
  readonly checkReadiness: () => Promise<void>;
  /** Receives each error that is the server's fault, and the path of its request. */
  readonly onError: (error: unknown, path: string) => void;
}

/** Returns the application. Its fetch handler expects the scope of the request as the second argument. */
export function createApp(options: AppOptions): Hono<Env> {
  const { publicUrl } = options;
  const show = showPageWith(options.files);
  const failures = new Failures(show, options.onError);
  const health = healthRoutes(options.checkReadiness);
  const rooms = roomRoutes({ ...options, show });
  const rename = renameRoute({ ...options, failures });
  const limitForm = limitBody(MAX_FORM_BYTES, failures);

  // Hono's own default decodes the path before it matches routes.
  const app = new Hono<Env>({ getPath: (request) => new URL(request.url).pathname });
  app.use(securityHeaders(publicUrl));
  app.use(refuseOtherMethods(app, failures));

  // Probes use the machine's own address, so these routes come before the host check.
  app.get("/healthz", health.alive);
  app.get("/readyz", health.ready);

  app.use(requireHost(publicUrl));
  app.get("/", rooms.root);
  app.get(withoutSlash(INDEX_PATH), addSlash);
  app.get(INDEX_PATH, rooms.index);
  app.get(withoutSlash(ROOM_PATTERN), addSlash);
  app.get(ROOM_ROUTE, rooms.room);
  app.post(RENAME_FORM.path, limitForm, rename);
  app.get("/assets/*", assetRoute(options.files));

  app.notFound((context) => failures.page(context, "notFound"));
  app.onError((error, context) => failures.handle(error, context));
  return app;
}

function withoutSlash(path: string): string {
  return path.replace(/\/$/, "");
}

const addSlash: Handler<Env> = (context) => {
  const { url } = context.env;
  return context.redirect(`${url.pathname}/${url.search}`, 308);
};

function limitBody(maxBytes: number, failures: Failures): MiddlewareHandler<Env> {
  return bodyLimit({ maxSize: maxBytes, onError: (context) => failures.page(context, "tooLarge") });
}

function refuseOtherMethods(app: Hono<Env>, failures: Failures): MiddlewareHandler<Env> {
  return methodNotAllowed({
    app,
    onMethodNotAllowed(context, methods) {
      context.header("Allow", methods.join(", "));
      return failures.page(context, "methodNotAllowed");
    },
  });
}
