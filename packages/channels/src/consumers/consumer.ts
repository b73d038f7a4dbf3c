/** Makes applications of consumer classes. */
import type { WebSocketApplication } from "../application/application.ts";
import type { WebSocketScope } from "../application/scope.ts";
import { describeValue } from "../describe-value.ts";
import { ConfigurationError } from "../errors.ts";
import { Fanout, type ServerFanout } from "../fanout/fanout.ts";
import { toJson } from "../internal/json.ts";
import { ConsumerConnection } from "./connection.ts";
import { ConsumerKind, type ConsumerTraits, type FrameReceiver } from "./consumer-kind.ts";
import { handlerMap, type EventTable, type EventsOf, type TableEntries } from "./event-table.ts";
import { HandlerTable } from "./handler-table.ts";
import type { ConsumerHooks } from "./hooks.ts";
import { resolveLimits, type ConsumerLimits } from "./consumer-limits.ts";
import { jsonReceiver } from "./receive-json.ts";
import { WebSocketConsumer, type ConsumerContext } from "./websocket.ts";

/** The part of a consumer that its application uses. */
interface AnyConsumer extends ConsumerHooks {
  readonly scope: WebSocketScope;
}

/**
 * The static table of a consumer class: `handlers` of a JSON consumer, or `events` with exactly the declared events.
 */
type StaticsOf<Instance, Table> = Instance extends { readonly "~contract"?: infer Name extends string | undefined }
  ? { readonly handlers: HandlerTable<NonNullable<Name>> }
  : keyof EventsOf<Instance> extends never
    ? { readonly events?: Record<string, never> }
    : {
        readonly events: Table & EventTable<Instance> & Record<Exclude<keyof Table, keyof EventsOf<Instance>>, never>;
      };

/**
 * A consumer class with its static table. `Rest` are the constructor arguments after the context; `Table` is the type
 * of its static `events`.
 */
export type ConsumerClass<Instance, Rest extends readonly unknown[], Table> = (new (
  context: ConsumerContext,
  ...rest: Rest
) => Instance) & { readonly limits?: ConsumerLimits } & StaticsOf<Instance, Table>;

/**
 * Makes an application of a consumer class. The application constructs one consumer per connection.
 * @param rest The constructor arguments after the context, the same for every connection.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the class extends neither `WebSocketConsumer` nor the result
 * of `JsonWebSocketConsumer`, a limit is unknown or not an integer from 1 up, an entry of `events` is neither a method
 * nor a relay, `handlers` is not the result of `handle`, or a JSON consumer overrides `receive` or `receiveBinary`. The
 * application throws it when the server's fan-out is not the result of `createFanout`.
 *
 * @example
 * const application = protocolRouter({ websocket: urlRouter([route("/ws/chat/:room/", consumer(ChatRoom))]) });
 *
 * @see Django Channels, `as_asgi`.
 */
export function consumer<Instance extends AnyConsumer, Rest extends readonly unknown[], Table>(
  Class: ConsumerClass<Instance, Rest, Table>,
  ...rest: Rest
): WebSocketApplication<Instance["scope"]> {
  const traits = traitsOf(Class);
  const kinds = new WeakMap<ServerFanout<unknown>, ConsumerKind>();
  return (socket, scope) => {
    const { fanout } = socket;
    let kind = kinds.get(fanout);
    if (kind === undefined) {
      if (!(fanout instanceof Fanout)) {
        throw new ConfigurationError(
          "Expected a server whose `fanout` is the result of `createFanout`, got another object.",
        );
      }
      kind = new ConsumerKind(traits, fanout);
      kinds.set(fanout, kind);
    }
    const connection = new ConsumerConnection(socket, scope, kind);
    connection.attach(() => new Class({ connection }, ...rest));
    return connection;
  };
}

/** The statics of a consumer class before their validation. */
interface ConsumerStatics {
  readonly name: string;
  readonly events?: TableEntries;
  readonly handlers?: unknown;
  readonly limits?: ConsumerLimits;
}

function traitsOf(Class: ConsumerStatics): ConsumerTraits {
  checkClass(Class);
  const { name, events = {}, handlers: table, limits: given = {} } = Class;
  const limits = resolveLimits(given);
  if (!("handlers" in Class)) {
    const handlers = handlerMap(events, (frame) => frame as string);
    return { name, limits, handlers, contract: undefined, receive: receiveFrame };
  }
  if (!(table instanceof HandlerTable)) {
    throw new ConfigurationError(
      `Expected ${name} to have a static \`handlers\` that its \`handle\` made, got ${describeValue(table)}.`,
    );
  }
  checkOverrides(Class as unknown as typeof WebSocketConsumer);
  const { contract, handlers } = HandlerTable.partsOf(table);
  return {
    name,
    limits,
    handlers: handlerMap(handlers.events, toJson),
    contract,
    receive: jsonReceiver(contract, handlers, limits),
  };
}

function checkClass(Class: unknown): void {
  if (typeof Class === "function" && Class.prototype instanceof WebSocketConsumer) return;
  throw new ConfigurationError(
    "Expected `consumer` to get a class that extends `WebSocketConsumer` or `JsonWebSocketConsumer(contract)`, " +
      `got ${describeValue(Class)}.`,
  );
}

/** Throws for a JSON consumer with a hook of its base class that nothing calls. */
function checkOverrides({ name, prototype }: typeof WebSocketConsumer): void {
  const hook = (["receive", "receiveBinary"] as const).find(
    (each) => prototype[each] !== WebSocketConsumer.prototype[each],
  );
  if (hook === undefined) return;
  throw new ConfigurationError(
    `${name} overrides \`${hook}\`, which a JSON consumer never calls. Handle messages with \`this.handle\`.`,
  );
}

const receiveFrame: FrameReceiver = (instance, data) => {
  const hooks = instance as WebSocketConsumer;
  return typeof data === "string" ? hooks.receive(data) : hooks.receiveBinary(data);
};
