/** Types of contracts whose schemas come from zod, Valibot and ArkType. */
import { type } from "arktype";
import * as v from "valibot";
import * as z from "zod";
import {
  consumer,
  ContractClient,
  defineContract,
  JsonWebSocketConsumer,
  publisher,
  type ClientSocket,
  type ContractEvent,
  type InferInput,
  type InferOutput,
  type InMemoryChannelLayer,
  type StandardSchema,
} from "@lobby/channels";

// True when two types are identical, `any` and `readonly` included.
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

// `Input` comes first and `Output` second, as in the specification, of which zod has a copy.

declare const specified: z.core.$ZodStandardSchema<z.ZodCoercedNumber<string>>;
({ "~standard": specified }) satisfies StandardSchema<string, number>;
// @ts-expect-error: the input comes first
({ "~standard": specified }) satisfies StandardSchema<number, string>;

const ofZod = z.string().transform(Number);
const ofValibot = v.pipe(v.string(), v.transform(Number));
const ofArktype = type("string").pipe(Number);
true satisfies Equal<[InferInput<typeof ofZod>, InferOutput<typeof ofZod>], [string, number]>;
true satisfies Equal<[InferInput<typeof ofValibot>, InferOutput<typeof ofValibot>], [string, number]>;
true satisfies Equal<[InferInput<typeof ofArktype>, InferOutput<typeof ofArktype>], [string, number]>;

// An event may have no fields. Each library types such a schema in its own way. Other events keep exactly their fields.

const zodEvents = { closed: z.object({}), said: z.object({ text: z.string(), to: z.string().optional() }) };
const valibotEvents = { closed: v.object({}), said: v.object({ text: v.string(), to: v.optional(v.string()) }) };
const arktypeEvents = { closed: type({}), said: type({ text: "string", "to?": "string" }) };

const parts = { name: "chat", path: "/", groups: { room: (room: string) => room } } as const;
const zodContract = defineContract({ ...parts, client: z.object({}), server: z.object({}), events: zodEvents });
const valibotContract = defineContract({ ...parts, client: v.object({}), server: v.object({}), events: valibotEvents });
const arktypeContract = defineContract({ ...parts, client: type({}), server: type({}), events: arktypeEvents });

interface Said<To> {
  readonly type: "said";
  readonly text: string;
  readonly to?: To;
}
type Flat<T> = { [K in keyof T]: T[K] };
true satisfies Equal<keyof ContractEvent<typeof zodContract, "closed">, "type">;
true satisfies Equal<keyof ContractEvent<typeof valibotContract, "closed">, "type">;
true satisfies Equal<keyof ContractEvent<typeof arktypeContract, "closed">, "type">;
true satisfies Equal<ContractEvent<typeof zodContract, "said">, Flat<Said<string | undefined>>>;
true satisfies Equal<ContractEvent<typeof valibotContract, "said">, Flat<Said<string | undefined>>>;
true satisfies Equal<ContractEvent<typeof arktypeContract, "said">, Flat<Said<string>>>;

declare const layer: InMemoryChannelLayer;
const room = zodContract.groups.room("lobby");
const publishers = [
  publisher(layer, zodContract),
  publisher(layer, valibotContract),
  publisher(layer, arktypeContract),
];
for (const outside of publishers) {
  void outside.groupSend(room, { type: "closed" });
  void outside.groupSend(room, { type: "said", text: "" });
}
// @ts-expect-error: the event has no fields
void publisher(layer, zodContract).groupSend(room, { type: "closed", text: "" });
// @ts-expect-error: the event has a text
void publisher(layer, zodContract).groupSend(room, { type: "said" });
// @ts-expect-error: the event has no such field
void publisher(layer, zodContract).groupSend(room, { type: "said", text: "", from: "" });
// @ts-expect-error: the event has no fields
void publisher(layer, valibotContract).groupSend(room, { type: "closed", text: "" });
// @ts-expect-error: the event has a text
void publisher(layer, valibotContract).groupSend(room, { type: "said" });
// @ts-expect-error: the event has no such field
void publisher(layer, valibotContract).groupSend(room, { type: "said", text: "", from: "" });
// @ts-expect-error: the event has no fields
void publisher(layer, arktypeContract).groupSend(room, { type: "closed", text: "" });
// @ts-expect-error: the event has a text
void publisher(layer, arktypeContract).groupSend(room, { type: "said" });
// @ts-expect-error: the event has no such field
void publisher(layer, arktypeContract).groupSend(room, { type: "said", text: "", from: "" });

class Empty extends JsonWebSocketConsumer(zodContract) {
  static readonly handlers = this.handle({
    async receive() {
      await this.groupSend(room, { type: "closed" });
      // @ts-expect-error: the event has no fields
      await this.groupSend(room, { type: "closed", text: "" });
    },
    events: {
      closed(event) {
        void (true satisfies Equal<typeof event.type, "closed">);
        this.sendJson({});
      },
      said: () => undefined,
    },
  });
}
consumer(Empty);

declare const socket: ClientSocket;
const client = new ContractClient(socket, zodContract);
client.on("message", () => undefined);
client.send({});
