export type {
  Application,
  ChannelApplication,
  HttpApplication,
  WebSocketApplication,
} from "./application/application.ts";
export { Denial } from "./application/denial.ts";
export type { HttpRoutes, Inside, InlineScope, Knows } from "./application/inside.ts";
export type { PathParams, ScopeParams } from "./application/path-params.ts";
export { connections, userSubject, type Connections } from "./application/revocation.ts";
export type {
  ChannelScope,
  HttpScope,
  ReplyHeaders,
  RequestHeaders,
  RequestScope,
  ServerContext,
  SubjectScope,
  WebSocketScope,
} from "./application/scope.ts";
export type { ServerSocket, SocketHandler } from "./application/socket.ts";
export { consumer } from "./consumers/consumer.ts";
export type { EventTable } from "./consumers/event-table.ts";
export type { Handlers, HandlerTable, InvalidInput, InvalidInputCode } from "./consumers/handler-table.ts";
export { JsonWebSocketConsumer, type JsonWebSocketConsumerClass } from "./consumers/json-websocket.ts";
export type { ConsumerLimits } from "./consumers/consumer-limits.ts";
export { WebSocketConsumer, type ConsumerContext } from "./consumers/websocket.ts";
export { ContractClient, type ClientSocket } from "./contracts/client.ts";
export type { Contract, ContractEvent, EventContract, Group, SentMessages } from "./contracts/contract.ts";
export { defineContract, defineEvents } from "./contracts/define-contract.ts";
export type { EventMessage } from "./contracts/event.ts";
export { localGroup, type LocalGroup, type PublishOptions } from "./contracts/local-group.ts";
export { publisher, type Publisher } from "./contracts/publisher.ts";
export type { ChannelsErrorCode } from "./error-codes.ts";
export {
  BodyTooLargeError,
  BrokenBodyError,
  ChannelFullError,
  ChannelsError,
  InvalidEventError,
  MalformedPathError,
  ServerClosingError,
} from "./errors.ts";
export type { FrameData } from "./fanout/codec.ts";
export { backoffDelayMs } from "./internal/backoff.ts";
export type {
  Channel,
  ChannelLayer,
  ChannelMessage,
  DroppedMessage,
  Gap,
  GroupAddOptions,
  GroupSendOptions,
  ReceiveOptions,
  SentMessage,
} from "./layers/layer.ts";
export { InMemoryChannelLayer } from "./layers/memory.ts";
export { networkOf } from "./limits/network.ts";
export { RateLimit, type RateLimitOptions } from "./limits/rate-limit.ts";
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
export { cookies, Cookies, type CookieScope } from "./middleware/cookies.ts";
export { requireOrigin, type AllowedOrigins } from "./middleware/origin.ts";
export { InMemorySessionStore, type SessionData, type SessionStore } from "./middleware/session-store.ts";
export { sessions, type SessionScope } from "./middleware/sessions.ts";
export { Signer } from "./middleware/signer.ts";
export { stack, type Middleware, type Remaining, type Stack } from "./middleware/stack.ts";
export type { ConsumerReport } from "./report.ts";
export { channelNameRouter } from "./routing/channel-router.ts";
export { decodePathSegment } from "./routing/path-pattern.ts";
export { protocolRouter, type ProtocolRouter, type ProtocolRouterOptions } from "./routing/protocol-router.ts";
export { include, route, urlRouter, type Route } from "./routing/url-router.ts";
export { anyJson, type InferInput, type InferOutput, type StandardSchema } from "./standard-schema.ts";
export { channelConsumer } from "./workers/channel-consumer.ts";
export { startWorker, type ChannelWorker } from "./workers/worker.ts";
