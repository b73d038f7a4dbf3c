export { requestApplication, type RequestApplicationOptions } from "./http.ts";
export { WebSocketCommunicator, type HandshakeResult, type WebSocketCommunicatorOptions } from "./websocket.ts";
