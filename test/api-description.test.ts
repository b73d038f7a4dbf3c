import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { describeEntryPoint } from "../scripts/api-description.ts";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";

describe("The description of an entry point", () => {
  test("lists the exports in alphabetical order, then the declarations that they refer to", async () => {
    const folder = await declarations({
      "index.d.ts": 'export { room, type Room } from "./room.ts";\nexport { MAX_ROOMS } from "./limits.ts";',
      "limits.d.ts": "export declare const MAX_ROOMS = 3;",
      "room.d.ts": `
        import type { Server as HttpServer } from "node:http";
        import type { Member } from "./member.ts";
        /** A room. */
        export declare class Room extends Base {
          #private;
          /** Its members. */
          get members(): readonly Member[];
          serve(server: HttpServer): void;
        }
        declare class Base {}
        declare class Unreachable {}
        export declare function room(name: string): Room;
        export declare function room(number: number): Room;`,
      "member.d.ts":
        "export interface Member { readonly shape: typeof SHAPE }\nexport declare const SHAPE: unique symbol;",
    });
    const entry = { specifier: "rooms", types: join(folder, "index.d.ts") };
    assert.equal(
      await describeEntryPoint(entry, []),
      `// The exports of rooms. \`npm run describe\` writes this file.

import { Server as HttpServer } from "node:http";

export declare const MAX_ROOMS = 3;

export declare function room(name: string): Room;

export declare function room(number: number): Room;

// As a type only:
export declare class Room extends Base {
  get members(): readonly Member[];
  serve(server: HttpServer): void;
}

// Not exported, but part of the above:

declare class Base {}

interface Member {
  readonly shape: typeof SHAPE;
}

declare const SHAPE: unique symbol;
`,
    );
  });

  test("imports the exports of another entry of the package", async () => {
    const folder = await declarations({
      "index.d.ts": 'export type { Room } from "./room.ts";',
      "room.d.ts": "export interface Room { readonly name: string }",
      "testing.d.ts":
        'import type { Room } from "./room.ts";\nexport declare function enter(room: Room): Promise<void>;',
    });
    const entry = { specifier: "rooms/testing", types: join(folder, "testing.d.ts") };
    const description = await describeEntryPoint(entry, [{ specifier: "rooms", types: join(folder, "index.d.ts") }]);
    assert.equal(
      description,
      `// The exports of rooms/testing. \`npm run describe\` writes this file.

import { Room } from "rooms";

export declare function enter(room: Room): Promise<void>;
`,
    );
  });

  test("cannot be written for an export with a new name, or without a name", async () => {
    const folder = await declarations({
      "renamed.d.ts": 'export { Room as Chamber } from "./room.ts";',
      "all.d.ts": 'export * from "./room.ts";',
      "room.d.ts": "export interface Room { readonly name: string }",
    });
    const refusal = (file: string): Promise<string> =>
      describeEntryPoint({ specifier: "rooms", types: join(folder, file) }, []);
    await assert.rejects(refusal("renamed.d.ts"), /exports "Chamber", which its package does not declare/);
    await assert.rejects(refusal("all.d.ts"), /imports or exports something without a name/);
  });
});

/** Writes the declaration files of a package, and returns their folder. */
async function declarations(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}
