/** The responses to requests that fail: one table of cases, one page. */
import { MalformedPathError } from "@lobby/channels";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { Refusal } from "../shared/refusal.ts";
import { wantsJson, type RequestContext } from "./context.ts";
import { errorPage } from "./pages/error-page.ts";
import type { ShowPage } from "./show-page.ts";

/** A case that has a page. Its detail is the phrase of the same name. */
export type FailureName = "badAddress" | "forbidden" | "notFound" | "methodNotAllowed" | "tooLarge" | "failed";

interface Case {
  readonly status: ContentfulStatusCode;
  /** The name of a phrase. */
  readonly title: "badRequestTitle" | "failedTitle" | "notFoundTitle";
}

const CASES: Readonly<Record<FailureName, Case>> = {
  badAddress: { status: 400, title: "badRequestTitle" },
  forbidden: { status: 403, title: "badRequestTitle" },
  notFound: { status: 404, title: "notFoundTitle" },
  methodNotAllowed: { status: 405, title: "badRequestTitle" },
  tooLarge: { status: 413, title: "badRequestTitle" },
  failed: { status: 500, title: "failedTitle" },
};

const REFUSED: Case = { status: 400, title: "badRequestTitle" };

/** Responds to failed requests. */
export class Failures {
  readonly #show: ShowPage;
  readonly #onError: (error: unknown, path: string) => void;

  /** @param onError Receives each error that is the server's fault. */
  constructor(show: ShowPage, onError: (error: unknown, path: string) => void) {
    this.#show = show;
    this.#onError = onError;
  }

  /** Responds with the page of a case. */
  page(context: RequestContext, name: FailureName): Response {
    return this.#page(context, CASES[name], context.env.visitor.phrases.errors[name]);
  }

  /** Responds to a request whose handler threw an error. */
  handle(error: unknown, context: RequestContext): Response {
    if (error instanceof Refusal) return this.#refuse(error, context);
    if (error instanceof MalformedPathError) return this.page(context, "badAddress");
    this.#onError(error, context.env.url.pathname);
    return this.page(context, "failed");
  }

  #refuse({ code }: Refusal, context: RequestContext): Response {
    const message = context.env.visitor.phrases.refusals[code];
    if (wantsJson(context)) return context.json({ error: { code, message } }, 400);
    return this.#page(context, REFUSED, message);
  }

  #page(context: RequestContext, { status, title: titleName }: Case, detail: string): Response {
    const { phrases } = context.env.visitor;
    const title = phrases.errors[titleName];
    const content = errorPage(phrases, { status, title, detail });
    return this.#show(context, { title, name: "error", content }, status);
  }
}
