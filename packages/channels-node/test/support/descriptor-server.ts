/** A process that serves on descriptor 3 until its standard input ends. Its parent listens on the descriptor. */
import { protocolRouter } from "@lobby/channels";
import { serve } from "../../src/index.ts";

const server = await serve(protocolRouter({ http: () => new Response("from the child") }), { listen: { fd: 3 } });
console.log(server.url);
process.stdin.resume().once("end", () => void server.close());
