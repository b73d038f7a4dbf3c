/** Every store fulfils every port: the real one, and the one that stands in for it in tests of use cases. */
import { testPeopleStore } from "../support/conformance/people-store.ts";
import { testRoomStore } from "../support/conformance/room-store.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { openStore } from "../support/store.ts";

const memory = async (): Promise<MemoryStore> => new MemoryStore();

testRoomStore("SqliteStore", (cleanup) => openStore(cleanup));
testRoomStore("MemoryStore", memory);
testPeopleStore("SqliteStore", (cleanup) => openStore(cleanup));
testPeopleStore("MemoryStore", memory);
