import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ErrorReply } from "@redis/client";
import { endsConnection, toLayerError } from "../src/error-replies.ts";

const [READ_ONLY, UNAVAILABLE, MODE] = ["READ_ONLY", "UNAVAILABLE", "MODE"];
const LOST = true;
const KEPT = false;

describe("The reply of Redis", () => {
  for (const [reply, code, isLost] of [
    ["READONLY You can't write against a read only replica.", READ_ONLY, LOST],
    ["READONLY You can't write against a read only replica. script: 1f, on @user_script:3.", READ_ONLY, LOST],
    [
      "ERR Error running script (call to f_1f): @user_script:3: @user_script: 3: -READONLY You can't write",
      READ_ONLY,
      LOST,
    ],
    ["MISCONF Redis is configured to save RDB snapshots, but is unable to persist on disk.", READ_ONLY, LOST],
    ["NOREPLICAS Not enough good replicas to write.", READ_ONLY, LOST],
    ["MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", READ_ONLY, LOST],
    ["REDIRECT 127.0.0.1:6380", READ_ONLY, LOST],
    ["LOADING Redis is loading the dataset in memory", UNAVAILABLE, LOST],
    ["BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.", UNAVAILABLE, LOST],
    ["NOSCRIPT No matching script. Please use EVAL.", UNAVAILABLE, LOST],
    ["UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)", UNAVAILABLE, LOST],
    ["CLUSTERDOWN The cluster is down", MODE, LOST],
    ["CLUSTERDOWN Hash slot not served", MODE, LOST],
    ["MOVED 3999 127.0.0.1:6381", MODE, LOST],
    ["CROSSSLOT Keys in request don't hash to the same slot", MODE, LOST],
    ["ERR max number of clients reached", "CLIENT_LIMIT", LOST],
    ["ERR max number of clients + cluster connections reached", "CLIENT_LIMIT", LOST],
    ["ERR DB index is out of range", "DATABASE", LOST],
    ["ERR invalid DB index", "DATABASE", LOST],
    ["NOAUTH Authentication required.", "DENIED", LOST],
    ["WRONGPASS invalid username-password pair or user is disabled.", "DENIED", LOST],
    ["DENIED Redis is running in protected mode because protected mode is enabled", "DENIED", LOST],
    ["NOPERM User mute has no permissions to run the 'publish' command", "DENIED", KEPT],
    ["ERR ACL failure in script: User mute has no permissions to run the 'publish' command", "DENIED", KEPT],
    ["OOM command not allowed when used memory > 'maxmemory'.", "OUT_OF_MEMORY", KEPT],
    ["FENCED by a newer connection", UNAVAILABLE, KEPT],
    ["WRONGTYPE Operation against a key holding the wrong kind of value", UNAVAILABLE, KEPT],
    ["ERR upstream failure", UNAVAILABLE, KEPT],
    ["ERR key READONLY is not an integer", UNAVAILABLE, KEPT],
  ] as const) {
    test(`"${reply}" is ${code}, and ${isLost ? "ends" : "keeps"} the connection`, () => {
      const error = new ErrorReply(reply);
      assert.deepEqual([toLayerError("here", error).code, endsConnection(error)], [`CHANNELS_REDIS_${code}`, isLost]);
    });
  }
});
