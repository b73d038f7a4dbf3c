import { consumer, route, urlRouter, type WebSocketApplication } from "@lobby/channels";
import { ChatConsumer } from "./consumers.ts";
import { chat } from "./contract.ts";

export const websocketUrls: WebSocketApplication = urlRouter([route(chat.path, consumer(ChatConsumer))]);
