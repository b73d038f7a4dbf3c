import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { anyJson, Denial, readForm, type StandardSchema } from "@lobby/channels";
import { requestApplication } from "@lobby/channels/testing";

const URLENCODED = "application/x-www-form-urlencoded";
const MULTIPART = "multipart/form-data; boundary=x";

/** Takes a form with a name. */
const NAMED: StandardSchema<unknown, unknown> = {
  "~standard": {
    version: 1,
    vendor: "by hand",
    validate(value) {
      const { name } = value as { readonly name?: unknown };
      return name === "" ? { issues: [{ message: "Say who you are.", path: ["name"] }] } : { value: { name } };
    },
  },
};

type Init = RequestInit & { readonly type?: string };

/** What was read; or how it was denied. */
async function read(
  { type, ...init }: Init,
  schema: StandardSchema = anyJson,
  options?: Parameters<typeof readForm>[2],
): Promise<unknown> {
  let seen: unknown;
  const response = await requestApplication(
    async (request) => {
      seen = await readForm(request, schema, options);
      return seen instanceof Denial ? seen : new Response();
    },
    "/",
    { method: "POST", ...init, ...(type === undefined ? {} : { headers: { "Content-Type": type } }) },
  );
  return response.ok ? seen : [response.status, await response.text()];
}

/** A part of a multipart form with the boundary `x`. */
function part(header: string, content: string): string {
  return `--x\r\nContent-Disposition: form-data; ${header}\r\n\r\n${content}\r\n`;
}

describe("readForm", () => {
  test("gives what the schema makes of the fields, of either type", async () => {
    assert.deepEqual(await read({ body: new URLSearchParams({ name: "미나", age: "7" }) }, NAMED), { name: "미나" });
    const body = new FormData();
    body.set("name", "미나");
    assert.deepEqual(await read({ body }, NAMED), { name: "미나" });
  });

  for (const [type, body] of [
    [URLENCODED, "tea=green&tea=black&tea=&milk=a+little%21&empty"],
    [
      MULTIPART,
      `${part('name="tea"', "green")}${part('name="tea"', "black")}${part('name="tea"', "")}` +
        `${part('name="milk"', "a little!")}${part('name="empty"', "")}--x--`,
    ],
  ] as const) {
    test(`gives text by name, several of one name as a list, of ${type}`, async () => {
      assert.deepEqual(await read({ body, type }), { tea: ["green", "black", ""], milk: "a little!", empty: "" });
    });
  }

  test("gives a form without fields as an empty object", async () => {
    assert.deepEqual(await read({ body: "", type: URLENCODED }), {});
    assert.deepEqual(await read({ body: "--x--", type: MULTIPART }), {});
  });

  test("gives files with their names and types", async () => {
    const body = new FormData();
    body.append("photo", new File(["pixels"], "나.png", { type: "image/png" }));
    body.append("title", "Me");
    const { photo, title } = (await read({ body })) as { readonly photo: File; readonly title: string };
    assert.deepEqual([photo.name, photo.type, await photo.text(), title], ["나.png", "image/png", "pixels", "Me"]);
  });

  test("leaves out a file that nobody chose, and keeps an empty one", async () => {
    const unchosen = part('name="photo"; filename=""', "");
    assert.deepEqual(await read({ body: `${unchosen}${part('name="title"', "")}--x--`, type: MULTIPART }), {
      title: "",
    });
    const body = `${unchosen}${part('name="photo"; filename="empty.png"', "")}--x--`;
    const { photo } = (await read({ body, type: MULTIPART })) as { readonly photo: File };
    assert.deepEqual([photo.name, photo.size], ["empty.png", 0]);
  });

  test("gives a field of any name as a field and nothing else", async () => {
    const fields = (await read({ body: "__proto__=1&constructor=2", type: URLENCODED })) as object;
    assert.deepEqual(Object.entries(fields), [
      ["__proto__", "1"],
      ["constructor", "2"],
    ]);
    assert.equal(Object.getPrototypeOf(fields), Object.prototype);
  });

  for (const type of [`${URLENCODED}; charset=UTF-8`, "Application/X-WWW-Form-URLencoded"]) {
    test(`takes a body of the type ${type}`, async () => {
      assert.deepEqual(await read({ body: "name=Mina", type }), { name: "Mina" });
    });
  }

  for (const type of ["application/json", "text/plain", "multipart/mixed; boundary=x", ""]) {
    test(`denies one of the type "${type}" with 415`, async () => {
      const answer = [415, "Send a form, as application/x-www-form-urlencoded or multipart/form-data.\n"];
      assert.deepEqual(await read({ body: "name=Mina", type }), answer);
    });
  }

  for (const [what, body, type] of [
    ["has no boundary", "--x--", "multipart/form-data"],
    ["is empty", "", MULTIPART],
    ["is rubbish", "rubbish", MULTIPART],
    ["is cut short", part('name="name"', "Mina").slice(0, -4), MULTIPART],
    ["has a part without a name", `--x\r\nContent-Type: text/plain\r\n\r\nMina\r\n--x--`, MULTIPART],
  ] as const) {
    test(`denies a multipart form that ${what} with 400`, async () => {
      const answer = [400, "Send a valid form, as multipart/form-data with its boundary.\n"];
      assert.deepEqual(await read({ body, type }), answer);
    });
  }

  test("takes any bytes as an urlencoded form, as every server does", async () => {
    assert.deepEqual(await read({ body: Uint8Array.of(0xff, 0x3d, 0x25), type: URLENCODED }), { "\ufffd": "%" });
  });

  test("denies what the schema refuses with 422 and all that it found", async () => {
    assert.deepEqual(await read({ body: "name=", type: URLENCODED }, NAMED), [422, "name: Say who you are.\n"]);
  });

  test("denies one that is larger than it may be with 413", async () => {
    const init = { body: "name=Mina", type: URLENCODED };
    assert.deepEqual(await read(init, NAMED, { maxBodyBytes: 9 }), { name: "Mina" });
    assert.deepEqual(await read(init, NAMED, { maxBodyBytes: 8 }), [413, "A body has at most 8 bytes here.\n"]);
  });

  for (const [type, form] of [
    [URLENCODED, (fields: number): string => "a&".repeat(fields - 1)],
    [MULTIPART, (fields: number): string => `${part('name="a"', "").repeat(fields)}--x--`],
  ] as const) {
    test(`denies one of ${type} with more than 1,000 fields with 413`, async () => {
      assert.ok(!Array.isArray(await read({ body: form(1000), type })));
      assert.deepEqual(await read({ body: form(1001), type }), [413, "A form has at most 1000 fields here.\n"]);
    });
  }

  test("counts the fields of one before it reads them", async () => {
    const answer = [413, "A form has at most 1000 fields here.\n"];
    assert.deepEqual(await read({ body: "&".repeat(1000), type: URLENCODED }), answer);
  });

  for (const options of [{ maxBodyBytes: 0 }, { maxBytes: 1 }]) {
    test(`refuses ${Object.keys(options).join("")}`, async () => {
      const reading = read({ body: "", type: URLENCODED }, anyJson, options);
      await assert.rejects(reading, { code: "CHANNELS_CONFIGURATION" });
    });
  }
});
