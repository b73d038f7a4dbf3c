/** Type tests: a communicator refuses what a server would. */
import { consumer, protocolRouter, WebSocketConsumer, type ScopeParams, type WebSocketScope } from "@lobby/channels";
import { WebSocketCommunicator } from "@lobby/channels/testing";

class Quiet extends WebSocketConsumer {}
class Room extends WebSocketConsumer<WebSocketScope & ScopeParams<"/ws/chat/:room/">> {}

// Communicators refuse what a server would.

void new WebSocketCommunicator(consumer(Quiet), "/");
void new WebSocketCommunicator(protocolRouter({ websocket: consumer(Quiet) }), "/");
// @ts-expect-error: nothing provides the room
void new WebSocketCommunicator(consumer(Room), "/");
