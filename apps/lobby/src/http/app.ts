/** Pages and everything else over HTTP. */
import { Hono, type Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { methodNotAllowed } from "hono/method-not-allowed";
import { secureHeaders } from "hono/secure-headers";
import {
  decodePathSegment,
  MalformedPathError,
  originCheck,
  type AllowedOrigins,
  type HttpScope,
} from "@lobby/channels";
import { Refusal } from "../domain/refusal.ts";
import { parseRoomName, roomPath } from "../domain/rooms.ts";
import type { VisitorScope } from "../identity/visitor.ts";
import type { Chat } from "../services/chat.ts";
import type { People } from "../services/people.ts";
import type { Assets } from "./assets.ts";
import { errorPage } from "./error-page.ts";
import { indexPage } from "./index-page.ts";
import { layout, type Page } from "./layout.ts";
import { roomPage } from "./room-page.ts";

/** Forms are small. */
const MAX_FORM_BYTES = 16_384;

/** What the pages are made from. */
export interface PagesOptions {
  readonly chat: Chat;
  readonly people: People;
  readonly assets: Assets;
  /** Which pages may send forms. */
  readonly allowedOrigins: AllowedOrigins;
  /** Where visitors reach the server, when that is not what their requests say. */
  readonly publicUrl: URL | undefined;
  /** Rejects when the server cannot serve. */
  readonly checkReadiness: () => Promise<void>;
  readonly onError: (error: unknown, path: string) => void;
}

type Status = 200 | 400 | 403 | 404 | 405 | 413 | 500;

type Env = { Bindings: HttpScope & VisitorScope };

/** The fetch handler; its second argument is the scope. */
export function createPages(options: PagesOptions): Hono<Env> {
  const { chat, people, assets, publicUrl, checkReadiness, onError } = options;
  const isOriginAllowed = originCheck(options.allowedOrigins);
  // The path as it was sent: names are decoded by the same rule as on the socket.
  const app = new Hono<Env>({ getPath: (request) => new URL(request.url).pathname });

  const show = (context: Context<Env>, page: Page, status: Status = 200): Response => {
    const { messages } = context.env.visitor;
    context.header("Cache-Control", "private, no-cache");
    context.header("Vary", "Accept-Language, Cookie");
    return context.html(layout(messages, assets, page) as string, status);
  };
  const fail = (context: Context<Env>, status: Status, title: string, detail: string): Response =>
    show(
      context,
      { title, name: "error", content: errorPage(context.env.visitor.messages, { status, title, detail }) },
      status,
    );

  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        // Older browsers do not count a WebSocket of the same host as 'self'.
        connectSrc: ["'self'", (context) => webSocketSource(publicUrl ?? (context.env as HttpScope).url)],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
      xFrameOptions: "DENY",
      // Without a referrer, browsers send the forms of these very pages with `Origin: null`.
      referrerPolicy: "same-origin",
      // Whether every subdomain speaks TLS is for the operator's proxy to say.
      strictTransportSecurity: false,
    }),
  );

  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed(context, methods) {
        const { errors } = context.env.visitor.messages;
        context.header("Allow", methods.join(", "));
        return fail(context, 405, errors.badRequestTitle, errors.methodNotAllowed);
      },
    }),
  );

  // Those who ask these come by the machine's own address.
  app.get("/healthz", (context) => context.json({ status: "alive" }));
  app.get("/readyz", async (context) => {
    try {
      await checkReadiness();
      return context.json({ status: "ready" });
    } catch {
      return context.json({ status: "not ready" }, 503);
    }
  });

  app.use((context, next) => {
    const { visitor, url } = context.env;
    // Proxies may drop the port, which tells nobody apart.
    if (publicUrl === undefined || url.hostname === publicUrl.hostname) return next();
    return Promise.resolve(context.text(`${visitor.messages.errors.misdirected(publicUrl.href)}\n`, 421));
  });

  app.get("/", (context) => context.redirect("/chat/"));
  app.get("/chat", (context) => context.redirect(`/chat/${context.env.url.search}`, 308));

  app.get("/chat/", async (context) => {
    const asked = context.req.query("room");
    if (asked !== undefined) return context.redirect(roomPath(parseRoomName(asked.trim())), 303);
    const { messages } = context.env.visitor;
    return show(context, {
      title: messages.index.title,
      name: "index",
      content: indexPage(messages, await chat.rooms()),
    });
  });

  // A segment may be empty here; it is then refused like any other name that is none.
  app.get("/chat/:room{[^/]*}/", async (context) => {
    const { visitor, url } = context.env;
    const asked = roomSegment(url);
    const room = parseRoomName(asked);
    if (room !== asked) return context.redirect(roomPath(room), 308);
    const me = await visitor.guest();
    const [entries, nickname] = await Promise.all([chat.history(room), people.nickname(me.id)]);
    const content = roomPage(visitor.messages, { room, entries, me: { id: me.id, name: nickname ?? me.guestName } });
    return show(context, { title: `${room} · ${visitor.messages.index.title}`, name: "room", content });
  });
  app.get("/chat/:room", (context) => context.redirect(`${context.env.url.pathname}/${context.env.url.search}`, 308));

  app.post("/me", bodyLimit({ maxSize: MAX_FORM_BYTES, onError: tooLarge }), async (context) => {
    const { visitor, headers, url } = context.env;
    if (!isOriginAllowed(headers.get("origin"), url.host)) {
      return fail(context, 403, visitor.messages.errors.badRequestTitle, visitor.messages.errors.forbidden);
    }
    // A body that is no form has no fields.
    const form: Readonly<Record<string, unknown>> = await context.req.parseBody().catch(() => ({}));
    const back = wantsJson(context) ? undefined : roomPath(parseRoomName(textField(form["room"])));
    const { id } = await visitor.guest();
    const nickname = await people.rename(id, textField(form["nickname"]));
    return back === undefined ? context.json({ nickname }) : context.redirect(back, 303);
  });

  app.get("/assets/*", (context) => {
    const asset = assets.get(context.env.url.pathname);
    if (asset === undefined) return context.notFound();
    context.header("Cache-Control", "public, max-age=31536000, immutable");
    return context.body(asset.body, 200, { "Content-Type": asset.type });
  });

  app.notFound((context) => {
    const { errors } = context.env.visitor.messages;
    return fail(context, 404, errors.notFoundTitle, errors.notFound);
  });

  app.onError((error, context) => {
    const { messages } = context.env.visitor;
    const { errors } = messages;
    if (error instanceof Refusal) {
      const detail = messages.refusals[error.code];
      if (wantsJson(context)) return context.json({ error: { code: error.code, message: detail } }, 400);
      return fail(context, 400, errors.badRequestTitle, detail);
    }
    if (error instanceof MalformedPathError) return fail(context, 400, errors.badRequestTitle, errors.badAddress);
    onError(error, context.env.url.pathname);
    return fail(context, 500, errors.failedTitle, errors.failed);
  });

  function tooLarge(context: Context<Env>): Response {
    const { errors } = context.env.visitor.messages;
    return fail(context, 413, errors.badRequestTitle, errors.tooLarge);
  }

  return app;
}

/** The name of a room as its address has it. */
function roomSegment(url: URL): string {
  return decodePathSegment(url.pathname.split("/")[2] ?? "");
}

function webSocketSource(url: URL): string {
  return `${url.protocol === "https:" ? "wss" : "ws"}://${url.host}`;
}

function textField(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function wantsJson(context: Context<Env>): boolean {
  return context.req.header("accept")?.includes("application/json") === true;
}
