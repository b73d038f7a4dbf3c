/** Giving way to the rest of the process, in Node and where there is no Node. */

/** Kept from the beginning: a test that stops the timers must not stop this. */
const { setImmediate } = globalThis as { readonly setImmediate?: (callback: () => void) => unknown };

/** Calls back when the events at hand have been handled. */
export const afterEvents: (callback: () => void) => unknown = setImmediate ?? afterMessage;

/** Unlike a timer, browsers do not hold a message back when there are many. */
function afterMessage(callback: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.addEventListener("message", () => {
    port1.close();
    callback();
  });
  port1.start();
  port2.postMessage(undefined);
}
