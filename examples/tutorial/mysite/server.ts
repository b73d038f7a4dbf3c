import { serve } from "@lobby/channels-node";
import { application } from "./application.ts";

const { PORT = "8000" } = process.env;
const server = await serve(application, { listen: { host: "127.0.0.1", port: Number(PORT) } });
console.log(`The chat is at ${server.url}/chat/`);
