/** The longest request target in a log, in bytes of UTF-8: a stranger must not fill a disk with long addresses. */
const MAX_BYTES = 1_024;
const ELLIPSIS = "…";

const encoder = new TextEncoder();
const room = new Uint8Array(MAX_BYTES);

/** Returns a request target for a log: at most 1,024 bytes of UTF-8. A cut target ends with an ellipsis. */
export function cutTarget(target: string): string {
  // A UTF-16 code unit has at most three bytes.
  if (target.length * 3 <= MAX_BYTES || encoder.encodeInto(target, room).read === target.length) return target;
  const { read } = encoder.encodeInto(target, room.subarray(encoder.encode(ELLIPSIS).length));
  return `${target.slice(0, read)}${ELLIPSIS}`;
}
