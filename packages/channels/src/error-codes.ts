/** Every error code of this package, in one type. */
import type {
  BodyTooLargeError,
  BrokenBodyError,
  ChannelFullError,
  ConfigurationError,
  EventLoopBlockedError,
  HandshakeAnsweredError,
  HandshakeNotAnsweredError,
  InvalidCloseError,
  InvalidEventError,
  InvalidMessageError,
  InvalidNameError,
  LayerClosedError,
  MalformedPathError,
  MessageTooLargeError,
  NoHandlerError,
  NotJsonError,
  OriginRefusedError,
  ServerClosingError,
  SessionTooLateError,
  UntrustedProxyError,
} from "./errors.ts";
import type { CommunicatorMismatchError, CommunicatorTimeoutError, LayerUnavailableError } from "./testing/errors.ts";
import type { MessageDeniedError, WorkerDisconnectedError, WorkerRecoveredError } from "./workers/errors.ts";

/** The code of an error that this package throws or reports. */
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
