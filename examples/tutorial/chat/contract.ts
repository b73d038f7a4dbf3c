import { defineContract, type StandardSchema } from "@lobby/channels";

const chatMessage: StandardSchema<{ message: string }> = {
  "~standard": {
    version: 1,
    vendor: "tutorial",
    validate(value) {
      const message = (value as { message?: unknown } | null)?.message;
      return typeof message === "string"
        ? { value: { message } }
        : { issues: [{ message: 'Expected {"message": "some text"}.' }] };
    },
  },
};

export const chat = defineContract({
  name: "chat",
  path: "/ws/chat/:room_name/",
  client: chatMessage,
  server: chatMessage,
  events: { "chat.message": chatMessage },
  groups: { room: (name: string) => name },
});
