import { readFile } from "node:fs/promises";
import type { ScopeParams } from "@lobby/channels";

export function index(): Promise<Response> {
  return render("index.html");
}

export function room(_request: Request, scope: ScopeParams<"/:room_name/">): Promise<Response> {
  // The page puts the name into a URL, so it is encoded for one; nothing that could end the script is left in it.
  return render("room.html", { room_name_json: JSON.stringify(encodeURIComponent(scope.params.room_name)) });
}

/** Reads a template and fills in its `{{ name }}` places. */
async function render(template: string, values: Record<string, string> = {}): Promise<Response> {
  const page = await readFile(new URL(`templates/${template}`, import.meta.url), "utf8");
  const filled = page.replaceAll(/\{\{ (\w+) \}\}/g, (_, name: string) => values[name] ?? "");
  return new Response(filled, { headers: { "Content-Type": "text/html; charset=utf-8" } });
}
