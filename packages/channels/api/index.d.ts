// The exports of @lobby/channels. `npm run describe` writes this file.

import { ClientAddress } from "@lobby/channels/server";
import { ConfigurationError } from "@lobby/channels/server";
import { InvalidMessageError } from "@lobby/channels/layers";
import { LayerClosedError } from "@lobby/channels/layers";
import { MessageTooLargeError } from "@lobby/channels/layers";
import { OriginRefusedError } from "@lobby/channels/server";
import { Receiver } from "@lobby/channels/layers";
import { ServerFanout } from "@lobby/channels/server";
import { UntrustedProxyError } from "@lobby/channels/server";

export type AllowedOrigins = "same-origin" | "any" | readonly string[];

export declare const anyJson: StandardSchema;

export interface Application<Connection, Scope, Result> {
  (connection: Connection, scope: Scope): Awaitable<Result | Denial>;
  readonly handles?: (path: string) => boolean;
  readonly channels?: readonly string[];
}

export interface AuthOptions<User> {
  readonly sessions: SessionOptions;
  readonly users: UserStore<User>;
}

export declare function authStack<User>(
  options: AuthOptions<User>,
): Stack<
  { readonly headers: RequestHeaders; readonly reply: ReplyHeaders } & SubjectScope,
  CookieScope & SessionScope & UserScope<User> & SubjectScope
>;

export declare function backoffDelayMs(failures: number, initialMs: number, maxMs: number): number;

export declare class BodyTooLargeError extends ChannelsError {
  readonly code = "CHANNELS_BODY_TOO_LARGE";
  readonly limitBytes: number;
  constructor(limitBytes: number);
}

export declare class BrokenBodyError extends ChannelsError {
  readonly code = "CHANNELS_BROKEN_BODY";
  readonly status: number;
  constructor(flaw: string, status?: number, options?: ErrorOptions);
}

export interface Channel {
  readonly name: string;
  close(): Promise<void>;
}

export type ChannelApplication<Scope = ChannelScope> = Application<ChannelMessage, Scope, void>;

export declare function channelConsumer<C extends EventContract, Scope extends ChannelScope = ChannelScope>(
  contract: C,
  table: ChannelTable<C, Scope>,
): ChannelApplication<Scope>;

export declare class ChannelFullError extends ChannelsError {
  readonly code = "CHANNELS_CHANNEL_FULL";
  readonly channel: string;
  readonly capacity: number;
  constructor(channel: string, capacity: number);
}

export interface ChannelLayer {
  readonly capacity: number;
  readonly dropped: number;
  newChannel(receiver?: Receiver): Channel;
  send(channel: string, message: SentMessage): Promise<void>;
  receive(channel: string, options?: ReceiveOptions): Promise<ChannelMessage>;
  groupAdd(group: string, channel: Channel | string, options?: GroupAddOptions): Promise<void>;
  groupDiscard(group: string, channel: Channel | string): Promise<void>;
  groupSend(group: string, message: SentMessage, options?: GroupSendOptions): Promise<void>;
  onGap(listener: (gap: Gap) => void): () => void;
  flush(): Promise<void>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ChannelMessage {
  readonly type: string;
}

export declare function channelNameRouter<K = never, Scope = ChannelScope & Known<K>>(
  applications: Readonly<Record<string, ChannelApplication<Scope> & Inside<K>>>,
): ChannelApplication<Scope & ChannelScope> & Inside<K>;

export interface ChannelScope {
  readonly type: "channel";
  readonly channel: string;
  readonly layer: ChannelLayer;
}

export declare abstract class ChannelsError extends Error {
  abstract readonly code: string;
  readonly isRetryable: boolean;
  get name(): string;
}

export type ChannelsErrorCode = (
  | BodyTooLargeError
  | BrokenBodyError
  | ChannelFullError
  | CommunicatorMismatchError
  | CommunicatorTimeoutError
  | ConfigurationError
  | EventLoopBlockedError
  | HandshakeAnsweredError
  | HandshakeNotAnsweredError
  | InvalidCloseError
  | InvalidEventError
  | InvalidMessageError
  | InvalidNameError
  | LayerClosedError
  | LayerUnavailableError
  | MalformedPathError
  | MessageDeniedError
  | MessageTooLargeError
  | NoHandlerError
  | NotJsonError
  | OriginRefusedError
  | ServerClosingError
  | SessionTooLateError
  | UntrustedProxyError
  | WorkerDisconnectedError
  | WorkerRecoveredError
)["code"];

export interface ChannelWorker {
  readonly disconnectedChannels: readonly string[];
  readonly closed: Promise<void>;
  close(options?: WorkerCloseOptions): Promise<number>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ClientSocket {
  readonly readyState: number;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
}

export declare function connections(layer: ChannelLayer): Connections;

export interface Connections {
  close(subject: string, options?: CloseConnectionsOptions): Promise<void>;
  refresh(subject: string): Promise<void>;
}

export declare function consumer<Instance extends AnyConsumer, Rest extends readonly unknown[], Table>(
  Class: ConsumerClass<Instance, Rest, Table>,
  ...rest: Rest
): WebSocketApplication<Instance["scope"]>;

export interface ConsumerContext {
  readonly connection: ConsumerSocket;
}

export interface ConsumerLimits {
  readonly maxQueuedFrames?: number;
  readonly maxQueuedEvents?: number;
  readonly maxJsonSize?: number;
}

export interface ConsumerReport {
  readonly level: "error" | "warning";
  readonly source: string;
  readonly operation: string;
  readonly error: unknown;
}

export interface Contract<
  Name extends string = string,
  Path extends string = string,
  Client extends MessageSide = MessageSide,
  Server extends MessageSide = MessageSide,
  Events extends MessageTable = MessageTable,
  Groups = GroupTable<Name>,
> extends EventContract<Name, Events, Groups> {
  readonly path: Path;
  readonly client: Client;
  readonly server: Server;
}

export declare class ContractClient<C extends Contract> {
  constructor(socket: ClientSocket, contract: C, options?: ContractClientOptions);
  on<Kind extends ServerKinds<C["server"]>>(
    kind: Kind,
    handler: (message: ServerMessage<C["server"], Kind>) => void,
  ): () => void;
  send(message: SentMessages<C["client"]>): boolean;
  close(code?: number, reason?: string): void;
}

export type ContractEvent<
  C extends EventContract,
  Type extends keyof C["events"] & string = keyof C["events"] & string,
> = {
  [K in Type]: OneKind<K, InferOutput<C["events"][K]>>;
}[Type];

export declare function cookies(): Middleware<
  { readonly headers: RequestHeaders; readonly reply: ReplyHeaders },
  CookieScope
>;

export declare class Cookies {
  constructor(header: string | null, reply: ReplyHeaders);
  get(name: string): string | undefined;
  getAll(name: string): readonly string[];
  set(name: string, value: string, options?: CookieOptions): boolean;
  delete(name: string, options?: CookieOptions): boolean;
}

export interface CookieScope {
  readonly cookies: Cookies;
}

export declare function currentUser<User>(scope: SessionScope, store: UserStore<User>): Promise<User | undefined>;

export declare function decodePathSegment(segment: string): string;

export declare function defineContract<
  const Name extends string,
  const Path extends `/${string}`,
  Client extends MessageSide,
  Server extends MessageSide,
  Events extends MessageTable,
  Groups extends GroupFunctions,
>(contract: {
  readonly name: Name;
  readonly path: Path;
  readonly client: Client & JsonSide<Client, "type" | "id">;
  readonly server: Server & JsonSide<Server, "type">;
  readonly events: Events & JsonEvents<Events>;
  readonly groups: Groups;
}): Contract<Name, Path, Plain<Client>, Plain<Server>, Plain<Events>, GroupsOf<Name, Groups>>;

export declare function defineEvents<
  const Name extends string,
  Events extends MessageTable,
  Groups extends GroupFunctions = Readonly<Record<string, never>>,
>(contract: {
  readonly name: Name;
  readonly events: Events & JsonEvents<Events>;
  readonly groups?: Groups;
}): EventContract<Name, Plain<Events>, GroupsOf<Name, Groups>>;

export declare class Denial {
  readonly status: number;
  readonly reason: string;
  readonly headers: Headers;
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly closeCode: number | undefined;
  constructor(status?: number, reason?: string, options?: DenialOptions);
  toResponse(): Response;
}

export interface DroppedMessage {
  readonly reason: "full" | "expired" | "closed" | "malformed";
  readonly messageType: string | undefined;
  readonly group: string | undefined;
}

export interface EventContract<
  Name extends string = string,
  Events extends MessageTable = MessageTable,
  Groups = GroupTable<Name>,
> {
  readonly name: Name;
  readonly events: Events;
  readonly groups: Groups;
}

export type EventMessage<Events, Type extends keyof Events & string = keyof Events & string> = {
  [K in Type]: OneKind<K, Events[K]>;
}[Type];

export type EventTable<Consumer> = {
  readonly [Type in keyof EventsOf<Consumer> & string]:
    | ((this: Consumer, event: EventMessage<EventsOf<Consumer>, Type>) => Awaitable<void>)
    | RelayOf<EventMessage<EventsOf<Consumer>, Type>, FrameData>;
};

export type FrameData = string | Uint8Array;

export interface Gap {
  readonly durationMs: number;
  readonly cause: ChannelsError;
}

export type Group<Name extends string = string> = string & { readonly "~group": Name };

export interface GroupAddOptions {
  readonly joinWhileAway?: boolean;
}

export interface GroupSendOptions {
  readonly except?: Channel | string;
}

export interface Handlers<C extends Contract, Self> {
  readonly receive: ReceiveHandlers<C["client"], Self>;
  readonly events: EventHandlers<C, Self>;
  readonly invalid?: (this: Self, reason: InvalidInput) => Awaitable<void>;
}

// As a type only:
export declare class HandlerTable<Name extends string = string> {
  readonly "~contract"?: Name;
  constructor(contract: Contract, handlers: Handlers<Contract, unknown>);
  static partsOf(table: HandlerTable): { readonly contract: Contract; readonly handlers: Handlers<Contract, unknown> };
}

export type HttpApplication<Scope = HttpScope> = Application<Request, Scope, Response>;

export type HttpRoutes<Scope = HttpScope> = HttpApplication<Scope> & Inside<Knows<Scope>>;

export interface HttpScope extends RequestScope {
  readonly type: "http";
  readonly server: ServerContext;
}

export declare function include<
  const Path extends string,
  K = never,
  Connection = InlineConnection<K>,
  Scope = InlineScope<K, Connection>,
  Result extends AnswerTo<Connection> = AnswerTo<Connection>,
>(
  path: Path & ProvidedHere<NoInfer<Connection>, NoInfer<Scope>, NoInfer<K>, ScopeParams<NoInfer<Path>>>,
  router: Application<Connection, Scope & ScopeParams<NoInfer<Path>>, Result> &
    Inside<K | Knows<ScopeParams<NoInfer<Path>>>>,
): Route<Connection, ScopeBefore<Scope, NamesOf<Path>>, Result> & Inside<K>;

export type InferInput<Schema> = Schema extends StandardSchema<infer Input, unknown> ? Input : never;

export type InferOutput<Schema> = Schema extends StandardSchema<unknown, infer Output> ? Output : never;

export type InlineScope<K, Connection = Request, Adds = unknown> = (Known<K> extends { readonly type: string }
  ? unknown
  : ScopeOf<Connection>) &
  Known<K> &
  Adds;

export declare class InMemoryChannelLayer implements ChannelLayer {
  readonly capacity: number;
  constructor(options?: InMemoryChannelLayerOptions);
  get dropped(): number;
  newChannel(receiver?: Receiver): Channel;
  send(channel: string, message: SentMessage): Promise<void>;
  receive(channel: string, options?: ReceiveOptions): Promise<ChannelMessage>;
  groupAdd(group: string, channel: Channel | string, options?: GroupAddOptions): Promise<void>;
  groupDiscard(group: string, channel: Channel | string): Promise<void>;
  groupSend(group: string, message: SentMessage, options?: GroupSendOptions): Promise<void>;
  onGap(listener: (gap: Gap) => void): () => void;
  flush(): Promise<void>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export declare class InMemorySessionStore implements SessionStore {
  constructor(now?: () => number);
  load(key: string): SessionData | undefined;
  create(key: string, data: SessionData, maxAgeSeconds: number): void;
  update(key: string, data: SessionData, maxAgeSeconds: number): boolean;
  delete(key: string): boolean;
}

export interface Inside<Known> {
  readonly [INSIDE]?: Hints<Known> | undefined;
}

export declare class InvalidEventError extends ChannelsError {
  readonly code = "CHANNELS_INVALID_EVENT";
  readonly type: string;
  readonly issues: readonly SchemaIssue[];
  constructor(type: string, issues: readonly SchemaIssue[]);
}

export interface InvalidInput {
  readonly code: InvalidInputCode;
  readonly message: string;
  readonly issues: readonly SchemaIssue[];
}

export type InvalidInputCode = "CHANNELS_TEXT_EXPECTED" | "CHANNELS_INVALID_JSON" | "CHANNELS_INVALID_INPUT";

export interface JsonWebSocketConsumer<
  Name extends string,
  Message,
  Event,
  Scope extends WebSocketScope,
> extends WebSocketConsumer<Scope> {
  readonly "~contract"?: Name;
  readonly groups: readonly Group<Name>[];
  receive(text: string): NeverCalled;
  receiveBinary(bytes: Uint8Array): NeverCalled;
  sendJson(message: Message): boolean;
  groupAdd(group: Group<Name>): Promise<void>;
  groupDiscard(group: Group<Name>): Promise<void>;
  groupSend(group: Group<Name>, event: Event, options?: GroupSendOptions): Promise<void>;
}

export declare function JsonWebSocketConsumer<C extends Contract, Adds = object>(
  contract: C,
  options?: JsonWebSocketConsumerOptions<Adds>,
): JsonWebSocketConsumerClass<C, WebSocketScope & ScopeParams<C["path"]> & Adds>;

export interface JsonWebSocketConsumerClass<C extends Contract, Scope extends WebSocketScope> {
  new (context: ConsumerContext): JsonWebSocketConsumer<C["name"], SentMessages<C["server"]>, ContractEvent<C>, Scope>;
  handle<Self>(this: abstract new (...args: never) => Self, handlers: Handlers<C, Self>): HandlerTable<C["name"]>;
}

export type Knows<Scope> = (scope: Scope) => void;

export declare function localGroup<C extends EventContract>(contract: C): LocalGroup<ContractEvent<C>>;

export declare function localGroup(): LocalGroup;

export interface LocalGroup<Event extends ChannelMessage = SentMessage> {
  readonly size: number;
  add(channel: Channel): void;
  discard(channel: Channel): void;
  publish(event: Event, options?: PublishOptions): number;
}

export declare function login({ session, layer }: LoginScope, userId: string, stamp?: string): Promise<void>;

export interface LoginScope extends SessionScope {
  readonly layer: ChannelLayer;
}

export declare function logout({ session, layer }: LoginScope): Promise<void>;

export declare class MalformedPathError extends ChannelsError {
  readonly code = "CHANNELS_MALFORMED_PATH";
  constructor(segment: string);
}

export type Middleware<Needs, Adds> = (scope: Needs) => Awaitable<Adds | Denial>;

export declare function networkOf(address: string): string;

export type PathParams<Path extends string> = {
  readonly [Name in ParamNames<Path>]: string;
};

export declare function protocolRouter<
  HttpNeeds = HttpScope,
  WebSocketNeeds = WebSocketScope,
  ChannelNeeds = ChannelScope,
>(options: ProtocolRouterOptions<HttpNeeds, WebSocketNeeds, ChannelNeeds>): ProtocolRouter;

export interface ProtocolRouter {
  readonly http: HttpApplication;
  readonly websocket: WebSocketApplication;
  readonly channel: ChannelApplication;
  readonly layer: ChannelLayer;
}

export interface ProtocolRouterOptions<
  HttpNeeds = HttpScope,
  WebSocketNeeds = WebSocketScope,
  ChannelNeeds = ChannelScope,
> {
  readonly http?: Inside<Knows<HttpScope>> & Provided<HttpNeeds, HttpScope, HttpApplication<HttpNeeds>>;
  readonly websocket?: Inside<Knows<WebSocketScope>> &
    Provided<WebSocketNeeds, WebSocketScope, WebSocketApplication<WebSocketNeeds>>;
  readonly channel?: Inside<Knows<ChannelScope>> &
    Provided<ChannelNeeds, ChannelScope, ChannelApplication<ChannelNeeds>>;
  readonly layer?: ChannelLayer;
}

export declare function publisher<C extends EventContract>(layer: ChannelLayer, contract: C): Publisher<C>;

export interface Publisher<C extends EventContract> {
  send(channel: string, event: ContractEvent<C>): Promise<void>;
  groupSend(group: Group<C["name"]>, event: ContractEvent<C>, options?: GroupSendOptions): Promise<void>;
}

export interface PublishOptions {
  readonly except?: Channel;
}

export declare class RateLimit {
  constructor(options: RateLimitOptions);
  get size(): number;
  take(key: string, perSecond?: number): number;
  waitMs(key: string, perSecond?: number): number;
}

export interface RateLimitOptions {
  readonly burst: number;
  readonly perSecond: number;
  readonly maxKeys?: number;
  readonly nowMs?: () => number;
}

export interface ReceiveOptions {
  readonly signal?: AbortSignal;
  readonly onListening?: () => void;
  readonly onUnavailable?: (cause: Error) => void;
}

export type Remaining<Needs, Given> = {
  readonly [K in keyof Needs as K extends keyof Given ? (Given[K] extends Needs[K] ? never : K) : K]: Needs[K];
};

export interface ReplyHeaders {
  append(name: string, value: string): boolean;
}

export interface RequestHeaders {
  get(name: string): string | null;
}

export interface RequestScope extends SubjectScope {
  readonly url: URL;
  readonly headers: RequestHeaders;
  readonly client: ClientAddress;
  readonly params: object;
  readonly reply: ReplyHeaders;
  readonly layer: ChannelLayer;
}

export declare function requireOrigin(
  allowed: AllowedOrigins,
): Middleware<{ readonly headers: RequestHeaders; readonly url: URL }, object>;

export declare function route<
  const Path extends string,
  K = never,
  Connection = InlineConnection<K>,
  Scope = InlineScope<K, Connection>,
  Result extends AnswerTo<Connection> = AnswerTo<Connection>,
>(
  path: Path & ProvidedHere<NoInfer<Connection>, NoInfer<Scope>, NoInfer<K>, ScopeParams<NoInfer<Path>>>,
  application: Application<Connection, Scope & ScopeParams<NoInfer<Path>>, Result> &
    Inside<K | Knows<ScopeParams<NoInfer<Path>>>>,
): Route<Connection, ScopeBefore<Scope, NamesOf<Path>>, Result> & Inside<K>;

export interface Route<Connection, Scope, Result> {
  readonly pattern: PathPattern;
  readonly application: Application<Connection, Scope, Result>;
  readonly prefix: boolean;
}

export interface ScopeParams<Path extends string> {
  readonly params: PathParams<Path>;
}

export type SentMessage = ChannelMessage | (ChannelMessage & Readonly<Record<string, unknown>>);

export type SentMessages<Side> =
  Side extends StandardSchema<infer Input, unknown>
    ? DeepReadonly<Input>
    : {
        [K in keyof Side & string]: OneKind<K, InferInput<Side[K]>>;
      }[keyof Side & string];

export declare class ServerClosingError extends ChannelsError {
  readonly code = "CHANNELS_SERVER_CLOSING";
  readonly closeCode: number;
  readonly reason: string;
  constructor(closeCode: number, reason: string);
}

export interface ServerContext {
  readonly closing: AbortSignal;
  waitUntil(work: Promise<unknown>): void;
  report(report: ConsumerReport): void;
}

export interface ServerSocket<Frame = unknown> {
  readonly fanout: ServerFanout<Frame>;
  accept(subprotocol: string | undefined): void;
  deny(denial: Denial): void;
  write(frame: Frame): void;
  readonly bufferedBytes: number;
  drained(): Promise<void>;
  cork(): void;
  uncork(): void;
  close(code: number, reason: string): void;
  pause(): void;
  resume(): void;
}

export type SessionData = Readonly<Record<string, unknown>>;

export declare function sessions(
  options: SessionOptions,
): Middleware<CookieScope & SubjectScope, SessionScope & SubjectScope>;

export interface SessionScope {
  readonly session: Session;
}

export interface SessionStore {
  load(key: string): Awaitable<SessionData | undefined>;
  create(key: string, data: SessionData, maxAgeSeconds: number): Awaitable<void>;
  update(key: string, data: SessionData, maxAgeSeconds: number): Awaitable<boolean>;
  delete(key: string): Awaitable<boolean>;
}

export declare class Signer {
  constructor(...secrets: readonly Uint8Array<ArrayBuffer>[]);
  sign(value: string): Promise<string>;
  check(signed: string): Promise<string | undefined>;
}

export interface SocketHandler {
  open(): void;
  receive(data: string | Uint8Array): void;
  closing(): void;
  close(code: number, reason: string): void;
  whenIdle(): Promise<void>;
}

export declare function stack(): Stack<unknown, object>;

export declare function stack<N1 = RequestScope, A1 extends object = object>(first: Middleware<N1, A1>): Stack<N1, A1>;

export declare function stack<
  N1 = RequestScope,
  A1 extends object = object,
  N2 = StepScope<N1, A1>,
  A2 extends object = object,
>(first: Middleware<N1, A1>, second: Middleware<N2, A2>): Stack<N1 & Remaining<N2, A1>, A1 & A2>;

export declare function stack<
  N1 = RequestScope,
  A1 extends object = object,
  N2 = StepScope<N1, A1>,
  A2 extends object = object,
  N3 = StepScope<N1 & N2, A1 & A2>,
  A3 extends object = object,
>(
  first: Middleware<N1, A1>,
  second: Middleware<N2, A2>,
  third: Middleware<N3, A3>,
): Stack<N1 & Remaining<N2, A1> & Remaining<N3, A1 & A2>, A1 & A2 & A3>;

export declare function stack<
  N1 = RequestScope,
  A1 extends object = object,
  N2 = StepScope<N1, A1>,
  A2 extends object = object,
  N3 = StepScope<N1 & N2, A1 & A2>,
  A3 extends object = object,
  N4 = StepScope<N1 & N2 & N3, A1 & A2 & A3>,
  A4 extends object = object,
>(
  first: Middleware<N1, A1>,
  second: Middleware<N2, A2>,
  third: Middleware<N3, A3>,
  fourth: Middleware<N4, A4>,
): Stack<N1 & Remaining<N2, A1> & Remaining<N3, A1 & A2> & Remaining<N4, A1 & A2 & A3>, A1 & A2 & A3 & A4>;

export interface Stack<Needs, Adds> {
  <
    K = never,
    Connection = InlineConnection<K>,
    Scope = InlineScope<K, Connection, Adds>,
    Result extends AnswerTo<Connection> = AnswerTo<Connection>,
  >(
    application: Application<Connection, Scope, Result> & Inside<K | Knows<Adds>>,
  ): Application<Connection, NeedsAround<Needs, Scope, Adds>, Result> & Inside<K>;
  use<StepNeeds = StepScope<Needs, Adds>, StepAdds extends object = object>(
    step: Middleware<StepNeeds, StepAdds>,
  ): Stack<Needs & Remaining<StepNeeds, Adds>, Adds & StepAdds>;
  readonly "~adds"?: Adds;
}

export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

export declare function startWorker(application: ProtocolRouter, options?: WorkerOptions): ChannelWorker;

export interface SubjectScope {
  readonly subjects: readonly string[];
}

export declare function urlRouter<const Routes extends readonly AnyRoute[], K = never>(
  routes: Routes & readonly Inside<K>[],
): RouterOf<Routes> & Inside<K>;

export declare function users<User>(
  store: UserStore<User>,
): Middleware<SessionScope & SubjectScope, UserScope<User> & SubjectScope>;

export interface UserScope<User> {
  readonly user: User | undefined;
}

export interface UserStore<User> {
  loadUser(id: string): Awaitable<User | undefined>;
  stampOf?(user: User): Awaitable<string>;
}

export declare function userSubject(userId: string): string;

export type WebSocketApplication<Scope = WebSocketScope> = Application<ServerSocket, Scope, SocketHandler>;

export declare abstract class WebSocketConsumer<
  Scope extends WebSocketScope = WebSocketScope,
  Events extends object = object,
> implements ConsumerHooks {
  readonly "~events"?: Events;
  constructor(context: ConsumerContext);
  get scope(): Scope;
  get groups(): readonly string[];
  connect(): Awaitable<void>;
  receive(_text: string): Awaitable<void>;
  receiveBinary(_bytes: Uint8Array): Awaitable<void>;
  disconnect(_code: number, _reason: string): Awaitable<void>;
  scopeChanged(_previous: Scope): Awaitable<void>;
  accept(subprotocol?: string, headers?: Readonly<Record<string, string>>): void;
  deny(status?: number, reason?: string, options?: DenialOptions): void;
  send(data: FrameData): boolean;
  get bufferedBytes(): number;
  drained(): Promise<void>;
  close(code?: number, reason?: string): void;
  get signal(): AbortSignal;
  get layer(): ChannelLayer;
  get channel(): Channel;
  get channelName(): string;
  groupAdd(group: string): Promise<void>;
  groupDiscard(group: string): Promise<void>;
  groupSend(group: string, event: EventMessage<Events>, options?: GroupSendOptions): Promise<void>;
}

export interface WebSocketScope extends RequestScope {
  readonly type: "websocket";
  readonly subprotocols: readonly string[];
}

// Not exported, but part of the above:

type AnswerTo<Connection> = Connection extends Request
  ? Response | Denial
  : Connection extends ServerSocket
    ? SocketHandler | Denial
    : unknown;

interface AnyConsumer extends ConsumerHooks {
  readonly scope: WebSocketScope;
}

interface AnyRoute {
  readonly pattern: PathPattern;
  readonly application: unknown;
  readonly prefix: boolean;
}

type Awaitable<T> = T | PromiseLike<T>;

type Bytes = ArrayBuffer | ArrayBufferView;

type ChannelTable<C extends EventContract, Scope = ChannelScope> = {
  readonly [Type in keyof C["events"] & string]: (event: ContractEvent<C, Type>, scope: Scope) => Awaitable<void>;
};

interface CloseConnectionsOptions {
  readonly code?: number;
  readonly reason?: string;
}

declare class CommunicatorMismatchError extends ChannelsError {
  readonly code = "CHANNELS_COMMUNICATOR_MISMATCH";
  constructor(awaited: string, got: string);
}

declare class CommunicatorTimeoutError extends ChannelsError {
  readonly code = "CHANNELS_COMMUNICATOR_TIMEOUT";
  constructor(awaited: string, timeoutMs: number, seen: string);
}

interface ConnectionsByType {
  readonly http: Request;
  readonly websocket: ServerSocket;
  readonly channel: ChannelMessage;
}

type ConsumerClass<Instance, Rest extends readonly unknown[], Table> = (new (
  context: ConsumerContext,
  ...rest: Rest
) => Instance) & { readonly limits?: ConsumerLimits } & StaticsOf<Instance, Table>;

interface ConsumerHooks {
  readonly groups: readonly string[];
  connect(): Awaitable<void>;
  disconnect(code: number, reason: string): Awaitable<void>;
  scopeChanged(previous: object): Awaitable<void>;
}

interface ConsumerSocket {
  readonly scope: object;
  readonly channel: Channel;
  readonly layer: ChannelLayer;
  readonly signal: AbortSignal;
  accept(subprotocol: string | undefined): void;
  deny(denial: Denial): void;
  send(data: FrameData): boolean;
  readonly bufferedBytes: number;
  drained(): Promise<void>;
  end(code: number, reason: string): void;
}

interface ContractClientOptions {
  readonly onRefused?: (refusal: Refusal) => void;
  readonly onInvalid?: (issues: readonly SchemaIssue[], data: unknown) => void;
}

interface CookieOptions {
  readonly maxAgeSeconds?: number;
  readonly path?: string;
  readonly domain?: string;
  readonly secure?: boolean;
  readonly httpOnly?: boolean;
  readonly sameSite?: "Strict" | "Lax" | "None";
}

type Deeper = [never, 0, 1, 2, 3, 4, 5];

type DeepReadonly<Value> = unknown extends Value
  ? Value
  : Value extends Immutable
    ? Value
    : {
        readonly [Key in keyof Value]: DeepReadonly<Value[Key]>;
      };

interface DenialOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly closeCode?: number;
}

type EventHandlers<C extends Contract, Self> = {
  readonly [K in keyof C["events"] & string]:
    | RelayOf<ContractEvent<C, K>, SentMessages<C["server"]>>
    | ((this: Self, event: ContractEvent<C, K>) => Awaitable<void>);
};

declare class EventLoopBlockedError extends ChannelsError {
  readonly code = "CHANNELS_EVENT_LOOP_BLOCKED";
  readonly source: string;
  readonly operation: string;
  readonly durationMs: number;
  constructor(source: string, operation: string, durationMs: number);
}

type EventsOf<Consumer> = Consumer extends { readonly "~events"?: infer Events } ? NonNullable<Events> : never;

type Flat<T> = {
  [K in keyof T]: T[K];
} & {};

type GroupFunctions = Readonly<Record<string, (...args: never) => string>>;

type GroupsOf<Name extends string, Functions> = {
  readonly [K in keyof Functions]: Functions[K] extends (...args: infer Args) => string
    ? (...args: Args) => Group<Name>
    : never;
};

type GroupTable<Name extends string = string> = Readonly<Record<string, (...args: never) => Group<Name>>>;

declare class HandshakeAnsweredError extends ChannelsError {
  readonly code = "CHANNELS_HANDSHAKE_ANSWERED";
  constructor(attempt: string);
}

declare class HandshakeNotAnsweredError extends ChannelsError {
  readonly code = "CHANNELS_HANDSHAKE_NOT_ANSWERED";
  constructor(source: string);
}

interface Hints<_Known> {
  readonly [INSIDE]: "hints";
}

type Immutable = string | number | bigint | boolean | symbol | null | undefined | ((...args: never) => unknown);

type InlineConnection<K> =
  Known<K> extends { readonly type: infer Type extends keyof ConnectionsByType } ? ConnectionsByType[Type] : Request;

interface InMemoryChannelLayerOptions {
  readonly capacity?: number;
  readonly expiryMs?: number;
  readonly leaseMs?: number;
  readonly now?: () => number;
  readonly onDrop?: (drop: DroppedMessage) => void;
}

declare class InvalidCloseError extends ChannelsError {
  readonly code = "CHANNELS_INVALID_CLOSE";
}

declare class InvalidNameError extends ChannelsError {
  readonly code = "CHANNELS_INVALID_NAME";
  readonly invalidName: string;
  constructor(kind: "channel" | "group", invalidName: string, rule: string);
}

type JsonEvents<Events> = {
  readonly [K in keyof Events & string]: InferOutput<Events[K]> extends InferInput<Events[K]>
    ? ValidUnless<KindFault<Events[K], K, "type">>
    : ValidUnless<JsonFault<InferOutput<Events[K]>, K>> extends string
      ? ValidUnless<JsonFault<InferOutput<Events[K]>, K>>
      : `the schema does not accept its own output, because a transform changes it: ${K}`;
};

type JsonFault<Value, Path extends string, Depth extends number = 6> = [Depth] extends [never]
  ? never
  : unknown extends Value
    ? never
    : Value extends Primitive
      ? never
      : Value extends bigint
        ? `JSON has no bigint: ${Path}`
        : Value extends symbol
          ? `JSON drops a symbol: ${Path}`
          : Value extends (...args: never) => unknown
            ? `JSON drops a function: ${Path}`
            : Value extends Date
              ? `JSON changes a Date to text: ${Path}`
              : Value extends ReadonlyMap<unknown, unknown>
                ? `JSON empties a Map: ${Path}`
                : Value extends ReadonlySet<unknown>
                  ? `JSON empties a Set: ${Path}`
                  : Value extends Bytes
                    ? `JSON changes bytes to an object: ${Path}`
                    : Value extends readonly (infer Item)[]
                      ? JsonFault<Item, `${Path}[]`, Deeper[Depth]>
                      : {
                          [K in keyof Value & string]: JsonFault<Value[K], `${Path}.${K}`, Deeper[Depth]>;
                        }[keyof Value & string];

type JsonSide<Side, Reserved extends string> = Side extends StandardSchema
  ? ValidUnless<JsonFault<InferInput<Side>, "message">>
  : Side extends Kinds
    ? {
        readonly [K in keyof Side & string]: K extends "reply" | "error"
          ? `the kind "${K}" is reserved`
          : ValidUnless<KindFault<Side[K], K, Reserved>>;
      }
    : unknown;

interface JsonWebSocketConsumerOptions<Adds> {
  readonly requires?: { readonly "~adds"?: Adds };
}

type KindFault<Schema, Kind extends string, Reserved extends string> =
  Extract<keyof InferInput<Schema>, Reserved> extends never
    ? JsonFault<InferInput<Schema>, Kind>
    : `the field "${Extract<keyof InferInput<Schema>, Reserved> & string}" is reserved: ${Kind}`;

type Kinds = Readonly<Record<string, unknown>>;

type Known<K> = [K] extends [(scope: infer Scope) => void] ? Scope : unknown;

type Lacking<Needs, Given> = {
  [Key in keyof Needs]-?: Key extends keyof Given ? (Given[Key] extends Needs[Key] ? never : Key) : Key;
}[keyof Needs];

type LackingParams<Needs, Given> = Lacking<ParamsIn<Needs>, ParamsIn<Given>> & string;

declare class LayerUnavailableError extends ChannelsError {
  readonly code = "CHANNELS_LAYER_UNAVAILABLE";
  readonly isRetryable = true;
  constructor(attempt: string);
}

declare class MessageDeniedError extends ChannelsError {
  readonly code = "CHANNELS_MESSAGE_DENIED";
  readonly channel: string;
  readonly type: string;
  readonly status: number;
  readonly reason: string;
  constructor(channel: string, type: string, status: number, reason: string);
}

type MessageSide = StandardSchema | MessageTable;

type MessageTable = Readonly<Record<string, StandardSchema<unknown, object>>>;

interface Missing<Name, Remedy extends string> {
  readonly [MISSING]: [Name, Remedy];
}

type NameOf<Key, Needs, Given> = Key extends "params"
  ? [LackingParams<Needs, Given>] extends [never]
    ? "scope.params"
    : `:${LackingParams<Needs, Given>}`
  : `scope.${Key & string}`;

type NamesOf<Path extends string> = keyof PathParams<Path> & string;

type NeedsAround<Needs, Scope, Adds> = undefined extends Scope ? NoInfer<Scope> : Needs & Remaining<Scope, Adds>;

type NeverCalled = Promise<void> & "A JSON consumer never calls this. Handle messages with `this.handle`.";

declare class NoHandlerError extends ChannelsError {
  readonly code = "CHANNELS_NO_HANDLER";
  readonly source: string;
  readonly type: string;
  constructor(source: string, type: string);
}

declare class NotJsonError extends ChannelsError {
  readonly code = "CHANNELS_NOT_JSON";
  constructor(value: unknown, cause?: unknown);
}

type OfRequests = "only HTTP requests and WebSockets have it";

type OneKind<Kind, Fields> = Flat<
  { readonly type: Kind } & DeepReadonly<Fields extends Record<string, never> ? object : Fields>
>;

interface OtherProtocol {
  readonly type: never;
}

type ParamName<Segment extends string> = Segment extends `:${infer Name}` ? Name : never;

type ParamNames<Path extends string> = Path extends `${infer Segment}/${infer Rest}`
  ? ParamName<Segment> | ParamNames<Rest>
  : ParamName<Path>;

type ParamsIn<Scope> = Scope["params" & keyof Scope];

type ParamsLeft<Params> = [keyof Params] extends [never] ? object : Params;

type ParamsOf<Scope> = Scope extends { readonly params: infer Params } ? Params : object;

interface PathMatch {
  readonly params: Readonly<Record<string, string>>;
  readonly rest: string;
}

declare class PathPattern {
  readonly path: string;
  constructor(path: string);
  match(path: string, prefix: boolean): PathMatch | undefined;
}

type Plain<Side> = Side extends StandardSchema
  ? StandardSchema<InferInput<Side>, InferOutput<Side>>
  : {
      readonly [K in keyof Side]: StandardSchema<InferInput<Side[K]>, InferOutput<Side[K]>>;
    };

type Primitive = string | number | boolean | null | undefined;

type Provided<Needs, Given, Complete = unknown> = undefined extends Needs
  ? Missing<"hono()", "a bare fetch handler does not say which scope it needs: mount hono(app)">
  : Given extends Needs
    ? Complete
    : Lacking<Needs, Given> extends infer Key
      ? "type" extends Key
        ? Missing<"an application of this protocol", "this one serves another protocol">
        : Missing<NameOf<Key, Needs, Given>, RemedyFor<Key, Needs, Given>>
      : never;

type ProvidedHere<Connection, Needs, K, Adds> =
  Known<K> extends { readonly type: string }
    ? Provided<InlineConnection<K> extends Connection ? Needs : OtherProtocol, Known<K> & Adds>
    : unknown;

type ReceiveHandlers<Client extends MessageSide, Self> =
  Client extends StandardSchema<unknown, infer Output>
    ? (this: Self, message: Output) => Awaitable<void>
    : {
        readonly [K in keyof Client & string]: (
          this: Self,
          message: OneKind<K, InferOutput<Client[K]>>,
        ) => Awaitable<void>;
      };

interface Refusal {
  readonly code: string;
  readonly message: string;
}

interface RelayOf<Event, Frame> {
  readonly relay: (this: void, event: Event) => Frame;
}

interface Remedies {
  readonly cookies: "put cookies() or authStack() around it";
  readonly session: "put sessions() or authStack() around it";
  readonly user: "put users() or authStack() around it";
  readonly subprotocols: "only a WebSocket has it";
  readonly server: "only an HTTP request has it";
  readonly url: OfRequests;
  readonly headers: OfRequests;
  readonly client: OfRequests;
  readonly params: OfRequests;
  readonly reply: OfRequests;
  readonly subjects: OfRequests;
}

type RemedyFor<Key, Needs, Given> = Key extends "params"
  ? [LackingParams<Needs, Given>] extends [never]
    ? Remedies["params"]
    : LackingParams<Needs, Given> extends keyof ParamsIn<Given>
      ? "a parameter is text"
      : "no path around it captures this"
  : Key extends keyof Given
    ? "it is there with another type"
    : Key extends keyof Remedies
      ? Remedies[Key]
      : "put middleware that adds it around it";

type RouterOf<Routes extends readonly AnyRoute[]> = Routes extends readonly []
  ? Application<unknown, object, never>
  : Routes[number] extends Route<infer Connection, infer Scope, infer Result>
    ? Application<Connection, Scope, Exclude<Result, Denial>>
    : never;

interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

type ScopeBefore<Scope, Names extends string> = [keyof ParamsOf<Scope>] extends [never]
  ? Scope
  : Omit<Scope, "params"> & {
      readonly params: ParamsLeft<Remaining<ParamsOf<Scope>, Readonly<Record<Names, string>>>>;
    };

type ScopeOf<Connection> = Connection extends Request
  ? HttpScope
  : Connection extends ServerSocket
    ? WebSocketScope
    : Connection extends ChannelMessage
      ? ChannelScope
      : RequestScope;

interface Scopes {
  readonly http: HttpScope;
  readonly websocket: WebSocketScope;
  readonly channel: ChannelScope;
}

type ServerKinds<Server> = Server extends StandardSchema ? "message" : keyof Server & string;

type ServerMessage<Server, Kind extends string> =
  Server extends StandardSchema<unknown, infer Output>
    ? Output
    : Kind extends keyof Server
      ? OneKind<Kind, InferOutput<Server[Kind]>>
      : never;

declare class Session {
  constructor(
    key: string | undefined,
    options: { store: SessionStore; maxAgeSeconds: number; sendKey: (key: string | undefined) => boolean },
  );
  subject(): Promise<string | undefined>;
  get(name: string): Promise<unknown>;
  set(name: string, value: unknown): Promise<void>;
  rotate(change?: (data: SessionData) => SessionData): Promise<string | undefined>;
  clear(): Promise<string | undefined>;
}

interface SessionOptions {
  readonly store: SessionStore;
  readonly cookieName?: string;
  readonly maxAgeSeconds?: number;
  readonly cookie?: Omit<CookieOptions, "maxAgeSeconds" | "httpOnly">;
}

declare class SessionTooLateError extends ChannelsError {
  readonly code = "CHANNELS_SESSION_TOO_LATE";
  constructor();
}

type StaticsOf<Instance, Table> = Instance extends { readonly "~contract"?: infer Name extends string | undefined }
  ? { readonly handlers: HandlerTable<NonNullable<Name>> }
  : keyof EventsOf<Instance> extends never
    ? { readonly events?: Record<string, never> }
    : { readonly events: Table & EventTable<Instance> & Record<Exclude<keyof Table, keyof EventsOf<Instance>>, never> };

type StepScope<Needs, Adds> = Adds &
  ([Needs] extends [{ readonly type: infer Type extends keyof Scopes }] ? Scopes[Type] : RequestScope);

type ValidUnless<Fault> = [Fault] extends [never] ? unknown : Fault;

interface WorkerCloseOptions {
  readonly timeoutMs?: number;
}

declare class WorkerDisconnectedError extends ChannelsError {
  readonly code = "CHANNELS_WORKER_DISCONNECTED";
  readonly channel: string;
  readonly sinceMs: number;
  constructor(channel: string, sinceMs: number, cause: unknown);
}

interface WorkerOptions {
  readonly concurrency?: number | Readonly<Record<string, number>>;
  readonly initialRetryDelayMs?: number;
  readonly maxRetryDelayMs?: number;
  readonly onReport?: (report: ConsumerReport) => void;
}

declare class WorkerRecoveredError extends ChannelsError {
  readonly code = "CHANNELS_WORKER_RECOVERED";
  readonly channel: string;
  readonly durationMs: number;
  constructor(channel: string, durationMs: number);
}
