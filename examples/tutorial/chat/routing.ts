import { consumer, route, urlRouter, type WebSocketApplication } from "@lobby/channels";
import { ChatConsumer } from "./consumers.ts";

export const websocketUrls: WebSocketApplication = urlRouter([route("/ws/chat/:room_name/", consumer(ChatConsumer))]);
