import { roomPath } from "@lobby/protocol";
import type { Handler } from "hono";
import type { Gate } from "../../limits/gate.ts";
import type { People } from "../../people/people.ts";
import type { Rooms } from "../../rooms/rooms.ts";
import { wantsJson, type Env, type RequestContext } from "../context.ts";
import { RENAME_FORM } from "../pages/nickname-card.ts";

/**
 * Returns the handler of the nickname form.
 * It responds with the nickname as JSON, or with a redirect to the room from which the form came.
 */
export function renameRoute(people: People, rooms: Rooms, gate: Gate): Handler<Env> {
  return async (context) => {
    const form = await readForm(context);
    const target = wantsJson(context) ? undefined : roomPath(await rooms.find(textField(form[RENAME_FORM.room])));
    const { visitor, client } = context.env;
    const guest = await visitor.guest();
    await gate.change(guest, client);
    const nickname = await people.rename(guest.id, textField(form[RENAME_FORM.nickname]));
    return target === undefined ? context.json({ nickname }) : context.redirect(target, 303);
  };
}

/** Returns the fields of a form. A malformed form, like a body of another type, counts as a form without fields. */
async function readForm(context: RequestContext): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await context.req.parseBody();
  } catch (error) {
    // The server knows the answer to other errors, such as that of a body over the limit.
    if (error instanceof TypeError) return {};
    throw error;
  }
}

function textField(value: unknown): string {
  return typeof value === "string" ? value : "";
}
