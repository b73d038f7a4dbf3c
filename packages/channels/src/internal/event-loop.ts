/** Yields to the event loop, in Node and elsewhere. */

/** The function of Node, read at the start of the program, before a test can mock it. */
const { setImmediate } = globalThis as { readonly setImmediate?: (callback: () => void) => unknown };

/** Calls `callback` after the event loop has handled the pending events. */
export const afterEvents: (callback: () => void) => unknown = setImmediate ?? afterMessage;

/** Waits for a message to itself, because browsers throttle timers but not messages. */
function afterMessage(callback: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.addEventListener("message", () => {
    port1.close();
    callback();
  });
  port1.start();
  port2.postMessage(undefined);
}
