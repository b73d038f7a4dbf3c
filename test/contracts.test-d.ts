/** What the compiler promises of contracts whose schemas come from zod, Valibot and ArkType. */
import { type } from "arktype";
import * as v from "valibot";
import * as z from "zod";
import {
  consumer,
  ContractClient,
  ContractConsumer,
  publisher,
  type ClientSocket,
  type Contract,
  type ContractEvents,
  type EventMessage,
  type EventTable,
  type InferInput,
  type InferOutput,
  type InMemoryChannelLayer,
  type StandardSchema,
} from "@lobby/channels";

// Two such functions are the same type only when A and B are, `any` and `readonly` included.
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

// The parameters stand in the order of the specification, of which zod has a copy, and so do the helpers' results.

declare const specified: z.core.$ZodStandardSchema<z.ZodCoercedNumber<string>>;
({ "~standard": specified }) satisfies StandardSchema<string, number>;
// @ts-expect-error: what it takes comes first
({ "~standard": specified }) satisfies StandardSchema<number, string>;

const ofZod = z.string().transform(Number);
const ofValibot = v.pipe(v.string(), v.transform(Number));
const ofArktype = type("string").pipe(Number);
true satisfies Equal<[InferInput<typeof ofZod>, InferOutput<typeof ofZod>], [string, number]>;
true satisfies Equal<[InferInput<typeof ofValibot>, InferOutput<typeof ofValibot>], [string, number]>;
true satisfies Equal<[InferInput<typeof ofArktype>, InferOutput<typeof ofArktype>], [string, number]>;

// An event may have no fields. Each library has its own word for that; the others keep exactly theirs.

const zodEvents = { closed: z.object({}), said: z.object({ text: z.string(), to: z.string().optional() }) };
const valibotEvents = { closed: v.object({}), said: v.object({ text: v.string(), to: v.optional(v.string()) }) };
const arktypeEvents = { closed: type({}), said: type({ text: "string", "to?": "string" }) };

const zodContract = { client: z.object({}), server: z.object({}), events: zodEvents } satisfies Contract;
const valibotContract = { client: v.object({}), server: v.object({}), events: valibotEvents } satisfies Contract;
const arktypeContract = { client: type({}), server: type({}), events: arktypeEvents } satisfies Contract;

type Message<C extends Contract, Type extends "closed" | "said"> = EventMessage<ContractEvents<C>, Type>;
type Said<To> = { readonly type: "said" } & { readonly text: string; readonly to?: To };
true satisfies Equal<keyof Message<typeof zodContract, "closed">, "type">;
true satisfies Equal<keyof Message<typeof valibotContract, "closed">, "type">;
true satisfies Equal<keyof Message<typeof arktypeContract, "closed">, "type">;
true satisfies Equal<Message<typeof zodContract, "said">, Said<string | undefined>>;
true satisfies Equal<Message<typeof valibotContract, "said">, Said<string | undefined>>;
true satisfies Equal<Message<typeof arktypeContract, "said">, Said<string>>;

declare const layer: InMemoryChannelLayer;
const publishers = [
  publisher(layer, zodContract),
  publisher(layer, valibotContract),
  publisher(layer, arktypeContract),
];
for (const outside of publishers) {
  void outside.groupSend("room", { type: "closed" });
  void outside.groupSend("room", { type: "said", text: "" });
}
// @ts-expect-error: the event has no fields
void publisher(layer, zodContract).groupSend("room", { type: "closed", text: "" });
// @ts-expect-error: the event has a text
void publisher(layer, zodContract).groupSend("room", { type: "said" });
// @ts-expect-error: the event has no such field
void publisher(layer, zodContract).groupSend("room", { type: "said", text: "", from: "" });
// @ts-expect-error: the event has no fields
void publisher(layer, valibotContract).groupSend("room", { type: "closed", text: "" });
// @ts-expect-error: the event has a text
void publisher(layer, valibotContract).groupSend("room", { type: "said" });
// @ts-expect-error: the event has no such field
void publisher(layer, valibotContract).groupSend("room", { type: "said", text: "", from: "" });
// @ts-expect-error: the event has no fields
void publisher(layer, arktypeContract).groupSend("room", { type: "closed", text: "" });
// @ts-expect-error: the event has a text
void publisher(layer, arktypeContract).groupSend("room", { type: "said" });
// @ts-expect-error: the event has no such field
void publisher(layer, arktypeContract).groupSend("room", { type: "said", text: "", from: "" });

class Empty extends ContractConsumer<typeof zodContract> {
  static readonly contract = zodContract;
  static readonly events: EventTable<Empty> = {
    closed: (self, event) => void (true satisfies Equal<typeof event.type, "closed">, self.sendJson({})),
    said: () => undefined,
  };
  override async receiveJson(): Promise<void> {
    await this.groupSend("room", { type: "closed" });
    // @ts-expect-error: the event has no fields
    await this.groupSend("room", { type: "closed", text: "" });
  }
}
consumer(Empty);

declare const socket: ClientSocket;
new ContractClient(socket, zodContract, { onMessage: () => undefined }).send({});
