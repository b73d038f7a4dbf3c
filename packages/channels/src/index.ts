export { Denial, type DenialOptions } from "./application/denial.ts";
export {
  type Application,
  type ChannelApplication,
  type HttpApplication,
  type WebSocketApplication,
} from "./application/application.ts";
export type { HttpRoutes, Inside, InlineScope, Knows } from "./application/inside.ts";
export type { ServerSocket, SocketHandler } from "./application/socket.ts";
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
export { channelConsumer } from "./workers/channel-consumer.ts";
export { ContractClient, type ClientSocket, type ContractClientOptions, type Refusal } from "./contracts/client.ts";
export type { ConsumerLimits } from "./consumers/limits.ts";
export type { Contract, ContractEvent, EventContract, Group } from "./contracts/contract.ts";
export { defineContract, defineEvents } from "./contracts/define-contract.ts";
export { publisher, type Publisher } from "./contracts/publisher.ts";
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
export type { EventTable } from "./consumers/event-table.ts";
export type { DeepReadonly, EventMessage } from "./contracts/event.ts";
export type { FrameData } from "./fanout/codec.ts";
export type { Handlers, HandlerTable, InvalidInput, InvalidInputCode } from "./consumers/handler-table.ts";
export { JsonWebSocketConsumer, type JsonWebSocketConsumerClass } from "./consumers/json-websocket.ts";
export { consumer } from "./consumers/consumer.ts";
export { WebSocketConsumer, type ConsumerContext } from "./consumers/websocket.ts";
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
export { stack, type Middleware, type Remaining, type Stack } from "./middleware/stack.ts";
export { decodePathSegment } from "./routing/path-pattern.ts";
export type { PathParams, ScopeParams } from "./application/path-params.ts";
export { connections, userSubject, type CloseConnectionsOptions, type Connections } from "./application/revocation.ts";
export { channelNameRouter } from "./routing/channel-router.ts";
export { include, route, urlRouter, type Route } from "./routing/url-router.ts";
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
export { startWorker, type ChannelWorker, type WorkerCloseOptions, type WorkerOptions } from "./workers/worker.ts";
