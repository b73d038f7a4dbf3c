export { Denial, type DenialOptions } from "./application/denial.ts";
export {
  type Application,
  type ChannelApplication,
  type HttpApplication,
  type WebSocketApplication,
} from "./application/application.ts";
export { type Awaitable } from "./internal/promise.ts";
export { type ConsumerReport } from "./report.ts";
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
} from "./middleware/auth.ts";
export { channelConsumer, type ChannelHandler, type ChannelTable } from "./workers/channel-consumer.ts";
export { ContractClient, type ClientSocket, type ContractClientHandlers } from "./contracts/client.ts";
export type { ConsumerLimits } from "./consumers/limits.ts";
export {
  publisher,
  type Contract,
  type ContractEvents,
  type EventContract,
  type Publisher,
} from "./contracts/contract.ts";
export { cookies, Cookies, type CookieOptions, type CookieScope } from "./middleware/cookies.ts";
export {
  BodyTooLargeError,
  ChannelFullError,
  ChannelsError,
  CommunicatorMismatchError,
  CommunicatorTimeoutError,
  ConfigurationError,
  EventLoopBlockedError,
  HandshakeAnsweredError,
  HandshakeNotAnsweredError,
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
  WorkerDisconnectedError,
  WorkerRecoveredError,
} from "./errors.ts";
export { relay, relayJson, type EventHandler, type EventTable, type Relay } from "./consumers/event-table.ts";
export { type EventMessage } from "./contracts/event.ts";
export { type FrameData } from "./fanout/codec.ts";
export { ContractConsumer } from "./consumers/contract.ts";
export { JsonWebSocketConsumer, type InvalidInput } from "./consumers/json-websocket.ts";
export { consumer, WebSocketConsumer, type ConsumerClass, type ConsumerContext } from "./consumers/websocket.ts";
export type {
  Channel,
  ChannelLayer,
  ChannelMessage,
  DroppedMessage,
  Gap,
  GroupSendOptions,
  ReceiveOptions,
  SentMessage,
} from "./layers/layer.ts";
export { InMemoryChannelLayer, type InMemoryChannelLayerOptions } from "./layers/memory.ts";
export { MAX_NAME_LENGTH } from "./layers/names.ts";
export { methods } from "./methods.ts";
export { stack, type Middleware, type Stack } from "./middleware/stack.ts";
export { decodePathSegment, type PathParams } from "./routing/path-pattern.ts";
export { readForm } from "./read-form.ts";
export { readJson } from "./read-json.ts";
export { connections, userSubject, type CloseConnectionsOptions, type Connections } from "./application/revocation.ts";
export { channelNameRouter } from "./routing/channel-router.ts";
export { include, route, urlRouter, type Route, type ScopeParams } from "./routing/url-router.ts";
export { protocolRouter, type ProtocolRouter, type ProtocolRouterOptions } from "./routing/protocol-router.ts";
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
} from "./application/scope.ts";
export { originCheck, requireOrigin, type AllowedOrigins, type OriginCheck } from "./middleware/origin.ts";
export { InMemorySessionStore, type SessionData, type SessionStore } from "./middleware/session-store.ts";
export {
  sessions,
  sessionSubject,
  type Session,
  type SessionOptions,
  type SessionScope,
} from "./middleware/sessions.ts";
export { Signer } from "./middleware/signer.ts";
export {
  anyJson,
  type InferInput,
  type InferOutput,
  type SchemaIssue,
  type SchemaResult,
  type StandardSchema,
} from "./standard-schema.ts";
export type { ReadBodyOptions } from "./typed-body.ts";
export { startWorker, type ChannelWorker, type WorkerCloseOptions, type WorkerOptions } from "./workers/worker.ts";
