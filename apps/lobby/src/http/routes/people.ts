import { Denial } from "@lobby/channels";
import { roomPath } from "@lobby/protocol";
import type { Handler } from "hono";
import type { Gate } from "../../limits/gate.ts";
import type { People } from "../../people/people.ts";
import type { Rooms } from "../../rooms/rooms.ts";
import { wantsJson, type Env, type RequestContext } from "../context.ts";
import type { ShowDenial } from "../failures.ts";
import { RENAME_FORM } from "../pages/nickname-card.ts";

/**
 * Returns the handler of the nickname form.
 * It responds with the nickname as JSON, or with a redirect to the room from which the form came.
 */
export function renameRoute(people: People, rooms: Rooms, gate: Gate, showDenial: ShowDenial): Handler<Env> {
  return async (context) => {
    const form = await readForm(context);
    if (form instanceof Denial) return showDenial(form, context);
    const target = wantsJson(context) ? undefined : roomPath(await rooms.find(textField(form[RENAME_FORM.room])));
    const { visitor, client } = context.env;
    const guest = await visitor.guest();
    await gate.change(guest, client);
    const nickname = await people.rename(guest.id, textField(form[RENAME_FORM.nickname]));
    return target === undefined ? context.json({ nickname }) : context.redirect(target, 303);
  };
}

const FORM_TYPE = /^(?:application\/x-www-form-urlencoded|multipart\/form-data)(?:;|$)/i;

/** Returns the fields of a form. Denies a body of another type with 415, and a malformed form with 400. */
async function readForm(context: RequestContext): Promise<Readonly<Record<string, unknown>> | Denial> {
  const { formExpected } = context.env.visitor.phrases.errors;
  if (!FORM_TYPE.test(context.req.header("content-type") ?? "")) return new Denial(415, formExpected);
  try {
    return await context.req.parseBody();
  } catch (error) {
    // The server knows the answer to other errors, such as that of a body over the limit.
    if (error instanceof TypeError) return new Denial(400, formExpected);
    throw error;
  }
}

function textField(value: unknown): string {
  return typeof value === "string" ? value : "";
}
