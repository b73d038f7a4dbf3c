import { eventsOf } from "@lobby/channels/testing";

/** Opens an event stream at `/`, which ends with the test. Returns the headers of a frame for it. */
export async function openStream(
  cleanup: { after(callback: () => void): void },
  httpUrl: string,
): Promise<Readonly<Record<string, string>>> {
  const leaving = new AbortController();
  cleanup.after(() => leaving.abort());
  const response = await fetch(httpUrl, { headers: { Accept: "text/event-stream" }, signal: leaving.signal });
  const { value } = await eventsOf(response).next();
  return { "Connection-Id": (JSON.parse(value?.data ?? "{}") as { readonly id: string }).id };
}
