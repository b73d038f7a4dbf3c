import { originCheck } from "@lobby/channels/server";
import type { AllowedOrigins } from "@lobby/channels";
import { roomPath } from "@lobby/protocol";
import type { Handler } from "hono";
import type { People } from "../../people/people.ts";
import { parseRoomName } from "../../rooms/room.ts";
import { wantsJson, type Env } from "../context.ts";
import type { Failures } from "../failures.ts";
import { RENAME_FORM } from "../pages/nickname-card.ts";

/** The dependencies of `renameRoute`. */
export interface RenameRouteOptions {
  readonly people: People;
  readonly failures: Failures;
  /** The origins whose pages can send the form. */
  readonly allowedOrigins: AllowedOrigins;
}

/**
 * Returns the handler of the nickname form.
 * It responds with the nickname as JSON, or with a redirect to the room from which the form came.
 */
export function renameRoute({ people, failures, allowedOrigins }: RenameRouteOptions): Handler<Env> {
  const isOriginAllowed = originCheck(allowedOrigins);
  return async (context) => {
    const { visitor, headers, url } = context.env;
    if (!isOriginAllowed(headers.get("origin"), url.host)) return failures.page(context, "forbidden");
    // A malformed form, like a body of another type, counts as a form without fields.
    const form: Readonly<Record<string, unknown>> = await context.req.parseBody().catch(() => ({}));
    const target = wantsJson(context) ? undefined : roomPath(parseRoomName(textField(form[RENAME_FORM.room])));
    const { id } = await visitor.guest();
    const nickname = await people.rename(id, textField(form[RENAME_FORM.nickname]));
    return target === undefined ? context.json({ nickname }) : context.redirect(target, 303);
  };
}

function textField(value: unknown): string {
  return typeof value === "string" ? value : "";
}
