import type { HttpApplication } from "@lobby/channels";

/** A handler that has received a request and holds its answer back. */
export interface HeldHandler {
  readonly http: HttpApplication;
  /** Resolves with the signal of the request when the handler has received it. */
  readonly asked: Promise<AbortSignal>;
  /** Lets the handler answer. */
  readonly release: () => void;
}

/** Returns a handler that holds this answer back until `release`. */
export function heldHandler(answer: Response): HeldHandler {
  const { promise: asked, resolve: ask } = Promise.withResolvers<AbortSignal>();
  const { promise: isReleased, resolve: release } = Promise.withResolvers<void>();
  return {
    asked,
    release,
    async http({ signal }) {
      ask(signal);
      await isReleased;
      return answer;
    },
  };
}
