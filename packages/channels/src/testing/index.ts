export { eventsOf, type ServerSentEvent } from "./server-sent-events.ts";
export { FaultyLayer, type Fault, type FaultKind, type FaultyLayerOptions } from "./faulty-layer.ts";
export { requestApplication, type RequestApplicationOptions } from "./request-application.ts";
export {
  WebSocketCommunicator,
  type HandshakeResult,
  type WebSocketCommunicatorOptions,
} from "./websocket-communicator.ts";
export type { ConformanceCase, ConformanceHarness, ConformanceLimits, LayerTraits } from "./conformance/harness.ts";
export { layerConformance } from "./layer-conformance.ts";
