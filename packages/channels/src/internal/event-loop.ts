/** Yields to the event loop, in Node and elsewhere. */

/** Read once, at the start: a test that mocks the timers must not stop this. */
const { setImmediate } = globalThis as { readonly setImmediate?: (callback: () => void) => unknown };

/** Calls back after the event loop has handled the pending events. */
export const afterEvents: (callback: () => void) => unknown = setImmediate ?? afterMessage;

/** Uses a message, because browsers throttle timers and not messages. */
function afterMessage(callback: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.addEventListener("message", () => {
    port1.close();
    callback();
  });
  port1.start();
  port2.postMessage(undefined);
}
