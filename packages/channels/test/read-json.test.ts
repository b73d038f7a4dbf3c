import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { anyJson, Denial, readJson, type StandardSchema } from "@lobby/channels";
import { requestApplication } from "@lobby/channels/testing";

/** Takes `{ question }`, and adds the time. */
const POLL: StandardSchema<unknown, unknown> = {
  "~standard": {
    version: 1,
    vendor: "by hand",
    validate(value) {
      const { question } = value as { readonly question?: unknown };
      const issues = [{ message: "Ask something.", path: ["question"] }, { message: "Say how long." }];
      return typeof question === "string" && question !== "" ? { value: { question, atMs: 7 } } : { issues };
    },
  },
};

/** Says what was read, or denies. */
async function ask(
  body: BodyInit | null,
  type: string | null = "application/json",
  schema = POLL,
  options?: Parameters<typeof readJson>[2],
): Promise<readonly [status: number, text: string]> {
  const response = await requestApplication(
    async (request) => {
      const read = await readJson(request, schema, options);
      return read instanceof Denial ? read : Response.json(read);
    },
    "/",
    { method: "POST", body, headers: type === null ? {} : { "Content-Type": type } },
  );
  return [response.status, await response.text()];
}

describe("readJson", () => {
  test("gives what the schema makes of the body", async () => {
    assert.deepEqual(await ask('{"question": "차?"}'), [200, '{"question":"차?","atMs":7}']);
  });

  for (const type of ["application/json; charset=utf-8", "Application/JSON", "application/merge-patch+json"]) {
    test(`takes a body of the type ${type}`, async () => {
      assert.equal((await ask('{"question": "Tea?"}', type))[0], 200);
    });
  }

  for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "text/json"]) {
    test(`denies one of the type ${type} with 415`, async () => {
      assert.deepEqual(await ask('{"question": "Tea?"}', type), [415, "Send JSON, as application/json.\n"]);
    });
  }

  test("denies one without a type with 415: no page can send that elsewhere without asking", async () => {
    assert.equal((await ask(new Uint8Array(2), null))[0], 415);
  });

  for (const [what, body] of [
    ["no JSON", "{question"],
    ["nothing", ""],
    ["not UTF-8", Uint8Array.of(0x22, 0xff, 0x22)],
  ] as const) {
    test(`denies a body that is ${what} with 400`, async () => {
      assert.deepEqual(await ask(body), [400, "Send valid JSON, in UTF-8.\n"]);
    });
  }

  test("takes a byte order mark, as request.json() does", async () => {
    assert.deepEqual(await ask("\ufeff1", "application/json", anyJson), [200, "1"]);
  });

  test("denies what the schema refuses with 422 and all that it found", async () => {
    assert.deepEqual(await ask('{"question": ""}'), [422, "question: Ask something.; Say how long.\n"]);
  });

  test("waits for a schema that answers later", async () => {
    const later: StandardSchema<unknown, string> = {
      "~standard": { version: 1, vendor: "test", validate: async (value) => ({ value: `checked ${String(value)}` }) },
    };
    assert.deepEqual(await ask("1", "application/json", later), [200, '"checked 1"']);
  });

  test("denies one that is larger than it may be with 413", async () => {
    const answer = await ask('"12345678"', "application/json", anyJson, { maxBodyBytes: 9 });
    assert.deepEqual(answer, [413, "A body has at most 9 bytes here.\n"]);
  });

  test("takes one that is just as large as it may be", async () => {
    assert.deepEqual(await ask('"1234567"', "application/json", anyJson, { maxBodyBytes: 9 }), [200, '"1234567"']);
  });

  for (const options of [{ maxBodyBytes: 0 }, { maxBodyBytes: Infinity }, { maxBytes: 1 }]) {
    test(`refuses ${Object.keys(options).join("")} ${Object.values(options).join("")}`, async () => {
      await assert.rejects(ask("1", "application/json", anyJson, options), { code: "CHANNELS_CONFIGURATION" });
    });
  }
});
