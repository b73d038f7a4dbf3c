/** The HTTP side of Lobby: a table of routes. */
import { Denial, requireOrigin, type AllowedOrigins, type HttpApplication } from "@lobby/channels";
import { hono } from "@lobby/channels/hono";
import { INDEX_PATH, ROOM_PATTERN } from "@lobby/protocol";
import { Hono, type Handler, type MiddlewareHandler } from "hono";
import { etag } from "hono/etag";
import { methodNotAllowed } from "hono/method-not-allowed";
import type { Gate } from "../limits/gate.ts";
import type { People } from "../people/people.ts";
import type { Rooms } from "../rooms/rooms.ts";
import type { HostCheck } from "../visitors/require-host.ts";
import type { ClientFiles } from "./client-files.ts";
import type { Env } from "./context.ts";
import { answerRefusals, showDenialWith, type ShowDenial } from "./failures.ts";
import { guard } from "./guard.ts";
import { RENAME_FORM } from "./pages/nickname-card.ts";
import { assetRoute } from "./routes/assets.ts";
import { healthRoutes } from "./routes/health.ts";
import { renameRoute } from "./routes/people.ts";
import { ROOM_ROUTE, roomRoutes } from "./routes/rooms.ts";
import { securityHeaders } from "./security-headers.ts";
import { showPageWith } from "./show-page.ts";

/** The largest request body, in bytes. It holds every form of Lobby. */
export const MAX_BODY_BYTES = 16_384;

/** The dependencies and settings of the pages. */
export interface AppOptions {
  readonly rooms: Rooms;
  readonly people: People;
  readonly gate: Gate;
  readonly files: ClientFiles;
  /** The origins whose pages can send forms. */
  readonly allowedOrigins: AllowedOrigins;
  /** The address at which visitors reach the server. Undefined: the one of each request. */
  readonly publicUrl: URL | undefined;
  /** Denies requests for other hosts. */
  readonly checkHost: HostCheck;
  /** Returns why the server cannot serve; undefined when it can. */
  readonly checkReadiness: () => Promise<string | undefined>;
}

/** Returns the application that answers every HTTP request. */
export function createApp(options: AppOptions): HttpApplication<Env["Bindings"]> {
  const { allowedOrigins, publicUrl } = options;
  const show = showPageWith(options.files);
  const showDenial = showDenialWith(show);
  const health = healthRoutes(options.checkReadiness);
  const rooms = roomRoutes({ ...options, show });

  // Hono's own default decodes the path before it matches routes.
  const app = new Hono<Env>({ getPath: (request) => new URL(request.url).pathname });
  app.use(securityHeaders(publicUrl));
  app.use(refuseOtherMethods(app, showDenial));

  // Probes use the machine's own address, so these routes come before the host check.
  app.get("/healthz", health.alive);
  app.get("/readyz", health.ready);

  // Under another host, a page cannot load its styles. The denial stays plain text.
  app.use(guard(options.checkHost, (denial) => denial.toResponse()));
  const pages = new Hono<Env>().onError(answerRefusals(showDenial));
  pages.get("/", rooms.root);
  pages.get(withoutSlash(INDEX_PATH), addSlash);
  pages.get(INDEX_PATH, etag(), rooms.index);
  pages.get(withoutSlash(ROOM_PATTERN), addSlash);
  // The script of a room requests the same page again when it connects. The answer is usually 304.
  pages.get(ROOM_ROUTE, etag(), rooms.room);
  pages.post(
    RENAME_FORM.path,
    guard(requireOrigin(allowedOrigins), showDenial),
    renameRoute(options.people, options.rooms, options.gate, showDenial),
  );
  pages.get("/assets/*", assetRoute(options.files));
  app.route("/", pages);

  app.notFound((context) => showDenial(new Denial(404), context));
  return hono(app, { onError: (denial, context) => showDenial(denial, context) });
}

function withoutSlash(path: string): string {
  return path.replace(/\/$/, "");
}

const addSlash: Handler<Env> = (context) => {
  const { url } = context.env;
  return context.redirect(`${url.pathname}/${url.search}`, 308);
};

function refuseOtherMethods(app: Hono<Env>, showDenial: ShowDenial): MiddlewareHandler<Env> {
  return methodNotAllowed({
    app,
    onMethodNotAllowed(context, methods) {
      context.header("Allow", methods.join(", "));
      return showDenial(new Denial(405), context);
    },
  });
}
