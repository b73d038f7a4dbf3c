export {
  Denial,
  type Application,
  type Awaitable,
  type ChannelApplication,
  type ConsumerReport,
  type DenialOptions,
  type HttpApplication,
  type WebSocketApplication,
} from "./application.ts";
export {
  authStack,
  currentUser,
  login,
  logout,
  users,
  type AuthOptions,
  type LoginScope,
  type UserScope,
  type UserStore,
} from "./auth.ts";
export { channelConsumer, type ChannelHandler, type ChannelTable } from "./channel-consumer.ts";
export { ContractClient, type ClientSocket, type ContractClientHandlers } from "./contract-client.ts";
export type { ConsumerLimits } from "./consumer-limits.ts";
export { publisher, type Contract, type ContractEvents, type EventContract, type Publisher } from "./contract.ts";
export { cookies, Cookies, type CookieOptions, type CookieScope } from "./cookies.ts";
export {
  BodyTooLargeError,
  ChannelFullError,
  ChannelsError,
  CommunicatorMismatchError,
  CommunicatorTimeoutError,
  ConfigurationError,
  EventLoopBlockedError,
  HandshakeAnsweredError,
  HandshakeUndecidedError,
  InvalidCloseError,
  InvalidEventError,
  InvalidMessageError,
  InvalidNameError,
  LayerClosedError,
  LayerUnavailableError,
  MalformedPathError,
  MessageDeniedError,
  MessageTooLargeError,
  NoHandlerError,
  NotJsonError,
  OriginRefusedError,
  ServerClosingError,
  SessionTooLateError,
  WorkerDeafError,
  WorkerRecoveredError,
} from "./errors.ts";
export {
  relay,
  relayJson,
  type EventHandler,
  type EventMessage,
  type EventTable,
  type FrameData,
  type Relay,
} from "./events.ts";
export { eventStream, type EventStreamScope } from "./event-stream/event-stream.ts";
export type { EventStreamOptions } from "./event-stream/options.ts";
export { ContractConsumer } from "./generic/contract.ts";
export { JsonWebSocketConsumer, type InvalidInput } from "./generic/json-websocket.ts";
export { consumer, WebSocketConsumer, type ConsumerClass, type ConsumerContext } from "./generic/websocket.ts";
export type {
  Channel,
  ChannelLayer,
  ChannelMessage,
  DroppedMessage,
  GroupSendOptions,
  ReceiveOptions,
  SentMessage,
} from "./layers/layer.ts";
export { InMemoryChannelLayer, type InMemoryChannelLayerOptions } from "./layers/memory.ts";
export { MAX_NAME_LENGTH } from "./layers/names.ts";
export { methods } from "./methods.ts";
export { stack, type Middleware, type Stack } from "./middleware.ts";
export { decodePathSegment, type PathParams } from "./path.ts";
export { readForm } from "./read-form.ts";
export { readJson } from "./read-json.ts";
export { closeConnections, refreshConnections, userSubject, type RevocationOptions } from "./revocation.ts";
export {
  channelNameRouter,
  include,
  protocolRouter,
  route,
  urlRouter,
  type ProtocolRouter,
  type ProtocolRouterOptions,
  type Route,
  type ScopeParams,
} from "./routing.ts";
export type {
  ChannelScope,
  ClientAddress,
  HttpScope,
  ReplyHeaders,
  RequestHeaders,
  RequestScope,
  ServerContext,
  SubjectScope,
  WebSocketScope,
} from "./scope.ts";
export { allowedOrigins, originCheck, type AllowedOrigins, type OriginCheck } from "./security/websocket.ts";
export { InMemorySessionStore, type SessionData, type SessionStore } from "./session-store.ts";
export { sessions, sessionSubject, type Session, type SessionOptions, type SessionScope } from "./sessions.ts";
export { Signer } from "./signing.ts";
export {
  anyJson,
  type InferInput,
  type InferOutput,
  type SchemaIssue,
  type SchemaResult,
  type StandardSchema,
} from "./standard-schema.ts";
export type { ReadBodyOptions } from "./typed-body.ts";
export { runWorker, type Worker, type WorkerCloseOptions, type WorkerOptions } from "./worker.ts";
