import {
  JsonWebSocketConsumer,
  relayJson,
  type EventTable,
  type ScopeParams,
  type StandardSchema,
  type WebSocketScope,
} from "@lobby/channels";

type ChatScope = WebSocketScope & ScopeParams<"/ws/chat/:room_name/">;

interface ChatMessage {
  message: string;
}

const chatMessage: StandardSchema<ChatMessage> = {
  "~standard": {
    version: 1,
    vendor: "tutorial",
    validate(value) {
      const message = (value as Partial<ChatMessage> | null)?.message;
      return typeof message === "string"
        ? { value: { message } }
        : { issues: [{ message: 'Expected {"message": "some text"}.' }] };
    },
  },
};

export class ChatConsumer extends JsonWebSocketConsumer<ChatScope, { "chat.message": ChatMessage }, ChatMessage> {
  static readonly events: EventTable<ChatConsumer> = {
    "chat.message": relayJson(({ message }) => ({ message })),
  };

  readonly #group = `chat_${this.scope.params.room_name}`;

  override get groups() {
    return [this.#group];
  }

  override get schema() {
    return chatMessage;
  }

  override async receiveJson({ message }: ChatMessage) {
    await this.groupSend(this.#group, { type: "chat.message", message });
  }
}
