// What @lobby/channels exports. Written by `npm run api`.

import { Receiver } from "@lobby/channels/layers";
import { ServerSocket } from "@lobby/channels/server";
import { SocketHandler } from "@lobby/channels/server";

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

export type Awaitable<T> = T | PromiseLike<T>;

export declare class BodyTooLargeError extends ChannelsError {
  readonly code = "CHANNELS_BODY_TOO_LARGE";
  readonly limitBytes: number;
  constructor(limitBytes: number);
}

export interface Channel {
  readonly name: string;
  close(): Promise<void>;
}

export type ChannelApplication<Scope = ChannelScope> = Application<ChannelMessage, Scope, void>;

export declare function channelConsumer<C extends EventContract, Scope extends ChannelScope = ChannelScope>(
  contract: C,
  table: ChannelTable<ContractEvents<C>, Scope>,
): ChannelApplication<Scope>;

export declare function channelConsumer<Events extends object, Scope extends ChannelScope = ChannelScope>(
  table: ChannelTable<Events, Scope>,
): ChannelApplication<Scope>;

export declare class ChannelFullError extends ChannelsError {
  readonly code = "CHANNELS_CHANNEL_FULL";
  readonly channel: string;
  readonly capacity: number;
  constructor(channel: string, capacity: number);
}

export type ChannelHandler<Event, Scope = ChannelScope> = (event: Event, scope: Scope) => Awaitable<void>;

export interface ChannelLayer {
  readonly capacity: number;
  readonly dropped: number;
  newChannel(receiver?: Receiver): Channel;
  send(channel: string, message: SentMessage): Promise<void>;
  receive(channel: string, options?: ReceiveOptions): Promise<ChannelMessage>;
  groupAdd(group: string, channel: Channel | string): Promise<void>;
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

export declare function channelNameRouter<Scope extends ChannelScope>(
  applications: Readonly<Record<string, ChannelApplication<Scope>>>,
): ChannelApplication<Scope>;

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

export type ChannelTable<Events, Scope = ChannelScope> = {
  readonly [Type in keyof Events & string]: ChannelHandler<EventMessage<Events, Type>, Scope>;
};

export interface ChannelWorker {
  readonly disconnectedChannels: readonly string[];
  readonly closed: Promise<void>;
  close(options?: WorkerCloseOptions): Promise<number>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ClientAddress {
  readonly address: string;
  readonly port: number;
}

export interface ClientSocket {
  send(text: string): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
}

export interface CloseConnectionsOptions {
  readonly code?: number;
  readonly reason?: string;
}

export declare class CommunicatorMismatchError extends ChannelsError {
  readonly code = "CHANNELS_COMMUNICATOR_MISMATCH";
  constructor(awaited: string, got: string);
}

export declare class CommunicatorTimeoutError extends ChannelsError {
  readonly code = "CHANNELS_COMMUNICATOR_TIMEOUT";
  constructor(awaited: string, timeoutMs: number, seen: string);
}

export declare class ConfigurationError extends ChannelsError {
  readonly code = "CHANNELS_CONFIGURATION";
}

export declare function connections(layer: ChannelLayer): Connections;

export interface Connections {
  close(subject: string, options?: CloseConnectionsOptions): Promise<void>;
  refresh(subject: string): Promise<void>;
}

export declare function consumer<
  Scope extends WebSocketScope,
  Rest extends readonly unknown[],
  Instance extends ConsumerHooks,
  Table,
>(Class: ConsumerClass<Instance, Scope, Rest, Table>, ...rest: Rest): WebSocketApplication<Scope>;

export type ConsumerClass<Instance, Scope, Rest extends readonly unknown[], Table> = (new (
  context: ConsumerContext<Scope>,
  ...rest: Rest
) => Instance) & { readonly limits?: ConsumerLimits } & (keyof EventsOf<Instance> extends never
    ? { readonly events?: Record<string, never> }
    : {
        readonly events: Table & EventTable<Instance> & Record<Exclude<keyof Table, keyof EventsOf<Instance>>, never>;
      }) &
  (Instance extends { readonly "~contract"?: infer C } ? { readonly contract: NonNullable<C> } : unknown);

export interface ConsumerContext<Scope> {
  readonly "~scope"?: Scope;
  readonly connection: ConsumerSocket;
}

export interface ConsumerLimits {
  readonly maxQueuedFrames?: number;
  readonly maxQueuedEvents?: number;
}

export interface ConsumerReport {
  readonly level: "error" | "warning";
  readonly source: string;
  readonly operation: string;
  readonly error: unknown;
}

export interface Contract extends EventContract {
  readonly client: StandardSchema;
  readonly server: StandardSchema;
}

export declare class ContractClient<C extends Contract> {
  constructor(socket: ClientSocket, contract: C, handlers: ContractClientHandlers<C>);
  send(message: InferInput<C["client"]>): void;
}

export interface ContractClientHandlers<C extends Contract> {
  readonly onMessage: (message: InferOutput<C["server"]>) => void;
  readonly onRefused?: (error: { readonly code: string; readonly message: string }) => void;
  readonly onInvalid?: (issues: readonly SchemaIssue[], data: unknown) => void;
}

export declare abstract class ContractConsumer<
  C extends Contract,
  Scope extends WebSocketScope = WebSocketScope,
> extends JsonWebSocketConsumer<Scope, ContractEvents<C>, InferOutput<C["client"]>> {
  readonly "~contract"?: C;
  readonly "~sends"?: InferInput<C["server"]>;
  get schema(): StandardSchema<unknown, InferOutput<C["client"]>>;
  sendJson(content: DeepReadonly<InferInput<C["server"]>>): boolean;
  groupSend(group: string, event: EventMessage<ContractEvents<C>>, options?: GroupSendOptions): Promise<void>;
}

export type ContractEvents<C extends EventContract> = {
  readonly [Type in keyof C["events"]]: FieldsOf<InferOutput<C["events"][Type]>>;
};

export interface CookieOptions {
  readonly maxAgeSeconds?: number;
  readonly path?: string;
  readonly domain?: string;
  readonly secure?: boolean;
  readonly httpOnly?: boolean;
  readonly sameSite?: "Strict" | "Lax" | "None";
}

export declare function cookies(): Middleware<
  { readonly headers: RequestHeaders; readonly reply: ReplyHeaders },
  CookieScope
>;

export declare class Cookies {
  constructor(header: string | null, reply: ReplyHeaders);
  get(name: string): string | undefined;
  set(name: string, value: string, options?: CookieOptions): boolean;
  delete(name: string, options?: CookieOptions): boolean;
}

export interface CookieScope {
  readonly cookies: Cookies;
}

export declare function currentUser<User>(scope: SessionScope, store: UserStore<User>): Promise<User | undefined>;

export declare function decodePathSegment(segment: string): string;

export declare class Denial {
  readonly status: number;
  readonly reason: string;
  readonly headers: Headers;
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly closeCode: number | undefined;
  constructor(status?: number, reason?: string, options?: DenialOptions);
  toResponse(): Response;
}

export interface DenialOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly closeCode?: number;
}

export interface DroppedMessage {
  readonly reason: "full" | "expired" | "closed" | "malformed";
  readonly messageType: string | undefined;
  readonly group: string | undefined;
}

export interface EventContract {
  readonly events: Readonly<Record<string, StandardSchema<unknown, object>>>;
}

export type EventHandler<Consumer, Event> = (consumer: Consumer, event: Event) => Awaitable<void>;

export declare class EventLoopBlockedError extends ChannelsError {
  readonly code = "CHANNELS_EVENT_LOOP_BLOCKED";
  readonly consumer: string;
  readonly event: string;
  readonly durationMs: number;
  constructor(consumer: string, event: string, durationMs: number);
}

export type EventMessage<Events, Type extends keyof Events & string = keyof Events & string> = {
  [K in Type]: { readonly type: K } & DeepReadonly<Events[K]>;
}[Type];

export type EventTable<Consumer> = {
  readonly [Type in keyof EventsOf<Consumer> & string]:
    | EventHandler<Consumer, EventMessage<EventsOf<Consumer>, Type>>
    | Relay<EventMessage<EventsOf<Consumer>, Type>, FrameOf<Consumer>>;
};

export type FrameData = string | Uint8Array;

export interface Gap {
  readonly durationMs: number;
  readonly cause: ChannelsError;
}

export interface GroupSendOptions {
  readonly except?: Channel | string;
}

export declare class HandshakeAnsweredError extends ChannelsError {
  readonly code = "CHANNELS_HANDSHAKE_ANSWERED";
  constructor(attempt: string);
}

export declare class HandshakeNotAnsweredError extends ChannelsError {
  readonly code = "CHANNELS_HANDSHAKE_NOT_ANSWERED";
  constructor(consumer: string);
}

export type HttpApplication<Scope = HttpScope> = Application<Request, Scope, Response>;

export interface HttpScope extends RequestScope {
  readonly type: "http";
  readonly server: ServerContext;
}

export declare function include<const Path extends string, Connection, Scope, Result>(
  path: Path,
  router: Application<Connection, Scope, Result>,
): Route<Connection, ScopeBefore<Scope, Path>, Result>;

export type InferInput<Schema> = Schema extends StandardSchema<infer Input, unknown> ? Input : never;

export type InferOutput<Schema> = Schema extends StandardSchema<unknown, infer Output> ? Output : never;

export declare class InMemoryChannelLayer implements ChannelLayer {
  readonly capacity: number;
  constructor(options?: InMemoryChannelLayerOptions);
  get dropped(): number;
  newChannel(receiver?: Receiver): Channel;
  send(channel: string, message: SentMessage): Promise<void>;
  receive(channel: string, options?: ReceiveOptions): Promise<ChannelMessage>;
  groupAdd(group: string, channel: Channel | string): Promise<void>;
  groupDiscard(group: string, channel: Channel | string): Promise<void>;
  groupSend(group: string, message: SentMessage, options?: GroupSendOptions): Promise<void>;
  onGap(_listener: (gap: Gap) => void): () => void;
  flush(): Promise<void>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface InMemoryChannelLayerOptions {
  readonly capacity?: number;
  readonly expiryMs?: number;
  readonly leaseMs?: number;
  readonly now?: () => number;
  readonly onDrop?: (drop: DroppedMessage) => void;
}

export declare class InMemorySessionStore implements SessionStore {
  constructor(now?: () => number);
  load(key: string): SessionData | undefined;
  create(key: string, data: SessionData, maxAgeSeconds: number): void;
  update(key: string, data: SessionData, maxAgeSeconds: number): boolean;
  delete(key: string): boolean;
}

export declare class InvalidCloseError extends ChannelsError {
  readonly code = "CHANNELS_INVALID_CLOSE";
}

export declare class InvalidEventError extends ChannelsError {
  readonly code = "CHANNELS_INVALID_EVENT";
  readonly type: string;
  readonly issues: readonly SchemaIssue[];
  constructor(type: string, issues: readonly SchemaIssue[]);
}

export interface InvalidInput {
  readonly code: "CHANNELS_TEXT_EXPECTED" | "CHANNELS_INVALID_JSON" | "CHANNELS_INVALID_INPUT";
  readonly message: string;
  readonly issues: readonly SchemaIssue[];
}

export declare class InvalidMessageError extends ChannelsError {
  readonly code = "CHANNELS_INVALID_MESSAGE";
  constructor(message: unknown, flaw?: string, options?: ErrorOptions);
}

export declare class InvalidNameError extends ChannelsError {
  readonly code = "CHANNELS_INVALID_NAME";
  readonly invalidName: string;
  constructor(kind: "channel" | "group", invalidName: string, rule: string);
}

export declare abstract class JsonWebSocketConsumer<
  Scope extends WebSocketScope = WebSocketScope,
  Events extends object = object,
  Input = unknown,
> extends WebSocketConsumer<Scope, Events> {
  abstract get schema(): StandardSchema<unknown, Input>;
  receiveJson(_content: Input): Awaitable<void>;
  receiveInvalid({ code, message }: InvalidInput): Awaitable<void>;
  decodeJson(text: string): unknown;
  sendJson(content: unknown): boolean;
  receiveFrame(data: FrameData): Awaitable<void>;
}

export declare class LayerClosedError extends ChannelsError {
  readonly code = "CHANNELS_LAYER_CLOSED";
  constructor();
}

export declare class LayerUnavailableError extends ChannelsError {
  readonly code = "CHANNELS_LAYER_UNAVAILABLE";
  readonly isRetryable = true;
  constructor(attempt: string);
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

export declare const MAX_NAME_LENGTH = 512;

export declare class MessageDeniedError extends ChannelsError {
  readonly code = "CHANNELS_MESSAGE_DENIED";
  readonly channel: string;
  readonly type: string;
  readonly status: number;
  readonly reason: string;
  constructor(channel: string, type: string, status: number, reason: string);
}

export declare class MessageTooLargeError extends ChannelsError {
  readonly code = "CHANNELS_MESSAGE_TOO_LARGE";
  readonly type: string;
  readonly sizeBytes: number;
  readonly limitBytes: number;
  constructor(type: string, sizeBytes: number, limitBytes: number);
}

export declare function methods<const Handlers extends MethodHandlers>(
  handlers: Handlers,
): HttpApplication<NeedsOf<Handlers>>;

export type Middleware<Needs, Adds> = (scope: Needs) => Awaitable<Adds | Denial>;

export declare class NoHandlerError extends ChannelsError {
  readonly code = "CHANNELS_NO_HANDLER";
  readonly consumer: string;
  readonly type: string;
  constructor(consumer: string, type: string);
}

export declare class NotJsonError extends ChannelsError {
  readonly code = "CHANNELS_NOT_JSON";
  constructor(value: unknown, cause?: unknown);
}

export declare function originCheck(allowed: AllowedOrigins): OriginCheck;

export type OriginCheck = (origin: string | null, host: string | null) => boolean;

export declare class OriginRefusedError extends ChannelsError {
  readonly code = "CHANNELS_ORIGIN_REFUSED";
  constructor(origin: string, host: string, allowed: string);
}

export type PathParams<Path extends string> = {
  readonly [Name in ParamNames<Path>]: string;
};

export declare function protocolRouter(options: ProtocolRouterOptions): ProtocolRouter;

export interface ProtocolRouter {
  readonly http: HttpApplication;
  readonly websocket: WebSocketApplication;
  readonly channel: ChannelApplication;
  readonly layer: ChannelLayer;
}

export interface ProtocolRouterOptions {
  readonly http?: HttpApplication;
  readonly websocket?: WebSocketApplication;
  readonly channel?: ChannelApplication;
  readonly layer?: ChannelLayer;
}

export declare function publisher<C extends EventContract>(
  layer: ChannelLayer,
  contract: C,
): Publisher<ContractEvents<C>>;

export interface Publisher<Events extends object> {
  send(channel: string, event: EventMessage<Events>): Promise<void>;
  groupSend(group: string, event: EventMessage<Events>, options?: GroupSendOptions): Promise<void>;
}

export interface ReadBodyOptions {
  readonly maxBodyBytes?: number;
}

export declare function readForm<Output>(
  request: Request,
  schema: StandardSchema<unknown, Output>,
  options?: ReadBodyOptions,
): Promise<Output | Denial>;

export declare function readJson<Output>(
  request: Request,
  schema: StandardSchema<unknown, Output>,
  options?: ReadBodyOptions,
): Promise<Output | Denial>;

export interface ReceiveOptions {
  readonly signal?: AbortSignal;
  readonly onListening?: () => void;
  readonly onUnavailable?: (cause: Error) => void;
}

export declare function relay<Event>(frame: (event: Event) => FrameData): Relay<Event, FrameData>;

// As a type only:
export declare class Relay<Event, Frame = unknown> {
  readonly "~frame"?: Frame;
  readonly frame: (event: Event) => FrameData;
  constructor(frame: (event: Event) => FrameData);
}

export declare function relayJson<Event, Content>(content: (event: Event) => Content): Relay<Event, Json<Content>>;

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

export declare function route<const Path extends string, Connection, Scope, Result>(
  path: Path,
  application: Application<Connection, Scope, Result>,
): Route<Connection, ScopeBefore<Scope, Path>, Result>;

export interface Route<Connection, Scope, Result> {
  readonly pattern: PathPattern;
  readonly application: Application<Connection, Scope, Result>;
  readonly prefix: boolean;
}

export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

export interface ScopeParams<Path extends string> {
  readonly params: PathParams<Path>;
}

export type SentMessage = ChannelMessage | (ChannelMessage & Readonly<Record<string, unknown>>);

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

// As a type only:
export declare class Session {
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

export type SessionData = Readonly<Record<string, unknown>>;

export interface SessionOptions {
  readonly store: SessionStore;
  readonly cookieName?: string;
  readonly maxAgeSeconds?: number;
  readonly cookie?: Omit<CookieOptions, "maxAgeSeconds" | "httpOnly">;
}

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

export declare function sessionSubject(key: string): Promise<string>;

export declare class SessionTooLateError extends ChannelsError {
  readonly code = "CHANNELS_SESSION_TOO_LATE";
  constructor();
}

export declare class Signer {
  constructor(...secrets: readonly Uint8Array<ArrayBuffer>[]);
  sign(value: string): Promise<string>;
  check(signed: string): Promise<string | undefined>;
}

export declare function stack<const Ms extends readonly AnyMiddleware[]>(
  ...middleware: Ms
): Stack<StackNeeds<Ms>, StackAdds<Ms>>;

export type Stack<Needs, Adds> = <Connection, Scope, Result>(
  application: Application<Connection, Scope, Result>,
) => Application<Connection, Needs & Remaining<Scope, Adds>, Result>;

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

export declare function urlRouter<const Routes extends readonly AnyRoute[]>(routes: Routes): RouterOf<Routes>;

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
  constructor(context: ConsumerContext<Scope>);
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
  close(code?: number, reason?: string): void;
  get signal(): AbortSignal;
  get layer(): ChannelLayer;
  get channel(): Channel;
  get channelName(): string;
  groupAdd(group: string): Promise<void>;
  groupDiscard(group: string): Promise<void>;
  groupSend(group: string, event: EventMessage<Events>, options?: GroupSendOptions): Promise<void>;
  receiveFrame(data: FrameData): Awaitable<void>;
}

export interface WebSocketScope extends RequestScope {
  readonly type: "websocket";
  readonly subprotocols: readonly string[];
}

export interface WorkerCloseOptions {
  readonly timeoutMs?: number;
}

export declare class WorkerDisconnectedError extends ChannelsError {
  readonly code = "CHANNELS_WORKER_DISCONNECTED";
  readonly channel: string;
  readonly sinceMs: number;
  constructor(channel: string, sinceMs: number, cause: unknown);
}

export interface WorkerOptions {
  readonly concurrency?: number | Readonly<Record<string, number>>;
  readonly initialRetryDelayMs?: number;
  readonly maxRetryDelayMs?: number;
  readonly onReport?: (report: ConsumerReport) => void;
}

export declare class WorkerRecoveredError extends ChannelsError {
  readonly code = "CHANNELS_WORKER_RECOVERED";
  readonly channel: string;
  readonly durationMs: number;
  constructor(channel: string, durationMs: number);
}

// Not exported, but part of the above:

type AddsOf<M> = M extends (scope: never) => infer Result ? Exclude<Awaited<Result>, Denial> : never;

type AnyMiddleware = Middleware<never, object>;

interface AnyRoute {
  readonly pattern: PathPattern;
  readonly application: unknown;
  readonly prefix: boolean;
}

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
  end(code: number, reason: string): void;
}

type DeepReadonly<Value> = Value extends Immutable
  ? Value
  : {
      readonly [Key in keyof Value]: DeepReadonly<Value[Key]>;
    };

type EventsOf<Consumer> = Consumer extends { readonly "~events"?: infer Events } ? NonNullable<Events> : never;

type FieldsOf<Output> = Output extends Record<string, never> ? object : Output;

type FrameOf<Consumer> = Consumer extends { readonly "~sends"?: infer Content }
  ? Json<DeepReadonly<NonNullable<Content>>>
  : unknown;

type Immutable = string | number | bigint | boolean | symbol | null | undefined | ((...args: never) => unknown);

interface Json<Content> {
  readonly "~json": Content;
}

type MethodHandlers = {
  readonly [Method in (typeof METHODS)[number]]?: HttpApplication<never>;
};

declare const METHODS: readonly ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

type NeedsOf<Handlers> = Handlers[keyof Handlers] extends Application<Request, infer Scope, Response> ? Scope : never;

type NeedsOf<M> = M extends (scope: infer Needs) => unknown ? Needs : never;

type ParamName<Segment extends string> = Segment extends `:${infer Name}` ? Name : never;

type ParamNames<Path extends string> = Path extends `${infer Segment}/${infer Rest}`
  ? ParamName<Segment> | ParamNames<Rest>
  : ParamName<Path>;

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

type Remaining<Needs, Given> = {
  readonly [K in keyof Needs as K extends keyof Given ? (Given[K] extends Needs[K] ? never : K) : K]: Needs[K];
};

type RouterOf<Routes extends readonly AnyRoute[]> = Routes extends readonly []
  ? Application<unknown, unknown, never>
  : Routes[number] extends Route<infer Connection, infer Scope, infer Result>
    ? Application<Connection, Scope, Exclude<Result, Denial>>
    : never;

type ScopeBefore<Scope, Path extends string> = Omit<Scope, "params"> & {
  readonly params: Remaining<ParamsOf<Scope>, PathParams<Path>>;
};

type StackAdds<Ms> = Ms extends readonly [infer First, ...infer Rest] ? AddsOf<First> & StackAdds<Rest> : unknown;

type StackNeeds<Ms, Given = unknown> = Ms extends readonly [infer First, ...infer Rest]
  ? Remaining<NeedsOf<First>, Given> & StackNeeds<Rest, Given & AddsOf<First>>
  : unknown;
