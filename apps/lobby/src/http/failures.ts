/** The responses to requests that fail. Every failure is a denial, and one function shows denials as pages. */
import type { Denial } from "@lobby/channels";
import type { RoomName } from "@lobby/protocol";
import type { ErrorHandler } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Phrases } from "../locale/phrases.ts";
import { Refusal } from "../shared/refusal.ts";
import { visitorDenial } from "../visitors/visitor-denial.ts";
import { wantsJson, type Env, type RequestContext } from "./context.ts";
import { denialPage, type DenialPage } from "./pages/denial-page.ts";
import type { ShowPage } from "./show-page.ts";

/**
 * Responds with the page that explains a denial. The error is its cause, if there is one. The page links the room to
 * enter instead, if the error names one.
 */
export type ShowDenial = (denial: Denial, context: RequestContext, error?: unknown) => Response;

/** The phrases for statuses. A denial with another status below 500 has a reason in the visitor's language. */
const DETAILS: Readonly<Record<number, "forbidden" | "notFound" | "methodNotAllowed" | "tooLarge">> = {
  403: "forbidden",
  404: "notFound",
  405: "methodNotAllowed",
  413: "tooLarge",
};

/** Returns a `ShowDenial` that shows its page with `show`, or responds to a script with the sentence of the page. */
export function showDenialWith(show: ShowPage): ShowDenial {
  return (denial, context, error) => {
    const { phrases } = context.env.visitor;
    const refusal = error instanceof Refusal ? error : undefined;
    const page = { ...pageOf(denial, phrases, refusal !== undefined), room: refusal && roomInstead(refusal) };
    const status = denial.status as ContentfulStatusCode;
    const retryAfter = denial.headers.get("Retry-After");
    if (retryAfter !== null) context.header("Retry-After", retryAfter);
    if (wantsJson(context)) {
      const { code, retryAfterMs } = refusal ?? {};
      return context.json({ error: { code, message: page.detail, retryAfterMs } }, status);
    }
    return show(context, { title: page.title, name: "error", content: denialPage(phrases, page) }, status);
  };
}

/** @param isExplained Whether a denial of the server's own fault has a reason in the visitor's language. */
function pageOf({ status, reason }: Denial, { errors }: Phrases, isExplained: boolean): DenialPage {
  if (status >= 500) return { status, title: errors.failedTitle, detail: isExplained ? reason : errors.failed };
  const name = DETAILS[status];
  const title = status === 404 ? errors.notFoundTitle : errors.badRequestTitle;
  return { status, title, detail: name === undefined ? reason : errors[name] };
}

/** Returns an error handler that responds to errors of the visitor. It throws every other error again. */
export function answerRefusals(showDenial: ShowDenial): ErrorHandler<Env> {
  return (error, context) => showDenial(visitorDenial(error, context.env.visitor.phrases), context, error);
}

function roomInstead({ code, subject }: Refusal): RoomName | undefined {
  return code === "LOBBY_ROOM_NAME_CONFUSABLE" ? (subject as RoomName) : undefined;
}
