import { html } from "hono/html";
import type { Html } from "./layout.ts";

/** Returns a `time` element in UTC. The browser's script converts it to local time. */
export function timeElement(atMs: number): Html {
  const iso = new Date(atMs).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace("T", " ")} UTC</time>`;
}
