import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseOptions } from "../src/options.ts";
import { UsageError } from "../src/usage-error.ts";

const parse = (...args: string[]) => parseOptions(args, ["echo", "latency"], ["ws", "bun"]);

describe("The options of the benchmark", () => {
  test("are all scenarios, all systems and 3 rounds by default", () => {
    assert.deepEqual(parse(), { only: [], peers: [], rounds: 3, isQuick: false });
  });

  test("choose 1 round for --quick, 5 for --against, and any number for --rounds", () => {
    assert.equal(parse("--quick").rounds, 1);
    assert.equal(parse("--against", "main").rounds, 5);
    assert.equal(parse("--against", "main", "--quick").rounds, 5);
    assert.equal(parse("--against", "main", "--quick", "--rounds", "2").rounds, 2);
  });

  test("accept --only and --peer several times", () => {
    const { only, peers } = parse("--only", "echo", "--only", "latency", "--peer", "ws", "--peer", "bun");
    assert.deepEqual(
      [only, peers],
      [
        ["echo", "latency"],
        ["ws", "bun"],
      ],
    );
  });

  const mistakes: readonly (readonly [args: readonly string[], message: RegExp])[] = [
    [["--only", "fan-in"], /^Expected --only to be one of echo, latency; got fan-in\.$/],
    [["--peer", "uws"], /^Expected --peer to be one of ws, bun; got uws\.$/],
    [["--rounds", "0"], /^Expected --rounds to be an integer of 1 or more, got 0\.$/],
    [["--rounds", "1.5"], /^Expected --rounds to be an integer of 1 or more, got 1\.5\.$/],
    [["--against", "main", "--peer", "ws"], /^Expected --peer or --against, got both: --against measures no peers\.$/],
    [["--slow"], /^Unknown option '--slow'.*\nnpm run bench -- /s],
  ];
  for (const [args, message] of mistakes) {
    test(`throw for ${args.join(" ")}`, () => {
      assert.throws(
        () => parse(...args),
        (error) => error instanceof UsageError && message.test(error.message),
      );
    });
  }
});
