/** Points in time, readable before any script runs; the browser turns them into local time. */
import { html } from "hono/html";
import type { Html } from "./layout.ts";

/** A `time` element, in UTC. */
export function time(atMs: number): Html {
  const iso = new Date(atMs).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace("T", " ")} UTC</time>`;
}
