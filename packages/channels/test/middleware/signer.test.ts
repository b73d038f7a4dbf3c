import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ConfigurationError } from "@lobby/channels/layers";
import { Signer } from "@lobby/channels";

const secret = (fill: number, length = 32): Uint8Array<ArrayBuffer> => new Uint8Array(length).fill(fill);

describe("Signer", () => {
  for (const value of ["guest-1", "", "with.dots.in.it", "로비 😀", "a".repeat(10_000)]) {
    test(`returns the text that it signed: ${JSON.stringify(value.slice(0, 20))}`, async () => {
      const signer = new Signer(secret(1));
      const signed = await signer.sign(value);
      assert.equal(signed.slice(0, value.length + 1), `${value}.`);
      assert.equal(await signer.check(signed), value);
    });
  }

  test("uses HMAC-SHA-256, so that other programs can check it", async () => {
    const { createHmac } = await import("node:crypto");
    const signature = createHmac("sha256", secret(7)).update("guest-1").digest("base64url");
    assert.equal(await new Signer(secret(7)).sign("guest-1"), `guest-1.${signature}`);
  });

  test("refuses a text with one character changed, removed or added", async () => {
    const signer = new Signer(secret(1));
    const signed = await signer.sign("guest-1");
    const changes = Array.from(signed, (character, index) => {
      const other = character === "A" ? "B" : "A";
      return [
        `${signed.slice(0, index)}${other}${signed.slice(index + 1)}`,
        `${signed.slice(0, index)}${signed.slice(index + 1)}`,
        `${signed.slice(0, index)}${other}${signed.slice(index)}`,
      ];
    }).flat();
    // The last character of the signature carries two bits that decode to nothing.
    const last = signed.charCodeAt(signed.length - 1);
    changes.push(`${signed.slice(0, -1)}${String.fromCharCode(last + 1)}`, `${signed}=`, `${signed}A`, ` ${signed}`);
    for (const changed of changes) assert.equal(await signer.check(changed), undefined, changed);
  });

  for (const text of [
    "",
    ".",
    "guest-1",
    "guest-1.",
    "guest-1.!!!",
    ".AAAA",
    "guest-1.AAAA",
    "guest-1.%%",
    "guest-1.A",
  ]) {
    test(`refuses ${JSON.stringify(text)}, which has no signature`, async () => {
      assert.equal(await new Signer(secret(1)).check(text), undefined);
    });
  }

  test("refuses a text that another secret signed", async () => {
    assert.equal(await new Signer(secret(1)).check(await new Signer(secret(2)).sign("guest-1")), undefined);
  });

  test("signs with the first secret and checks with all, so that one can be replaced", async () => {
    const [old, replaced] = [new Signer(secret(1)), new Signer(secret(2), secret(1))];
    assert.equal(await replaced.check(await old.sign("guest-1")), "guest-1");
    assert.equal(await old.check(await replaced.sign("guest-1")), undefined);
    assert.equal(await new Signer(secret(2)).check(await replaced.sign("guest-1")), "guest-1");
  });

  test("throws without a secret, or with one under 32 bytes", () => {
    assert.throws(() => new Signer(), /at least 32 bytes, got none/);
    assert.throws(() => new Signer(secret(1, 31)), /at least 32 bytes, got 31/);
    assert.throws(() => new Signer(secret(1), secret(2, 8)), ConfigurationError);
  });
});
