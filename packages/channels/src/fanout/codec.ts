/** The codec that a transport passes to the fan-out. */
import { describeValue } from "../describe-value.ts";
import { ConfigurationError } from "../errors.ts";

/** The content of one frame: text, or bytes for a binary frame. */
export type FrameData = string | Uint8Array;

/**
 * Checks the content of a frame before it reaches a codec, which would write other values as garbage.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the content is neither a string nor a Uint8Array.
 */
export function checkFrame(data: FrameData): void {
  if (typeof data === "string" || data instanceof Uint8Array) return;
  throw new ConfigurationError(
    `Expected a frame to be a string or a Uint8Array, got ${describeValue(data)}. ` +
      "Wrap an ArrayBuffer in `new Uint8Array(buffer)`, and write an object with `JSON.stringify`.",
  );
}

/** The encoding of frames on one transport. */
export interface FrameCodec<Frame> {
  /** Encodes one frame for any socket of the transport. */
  encode(data: FrameData): Frame;
  /** Creates a batch for frames that the fan-out will mostly write together. */
  batch(): FrameBatch<Frame>;
  /** Joins two or more frames for one write. */
  join(frames: readonly Frame[]): Frame;
  /** Returns the size of an encoded frame in bytes. */
  sizeOf(frame: Frame): number;
}

/** A growing sequence of encoded frames. */
export interface FrameBatch<Frame> {
  /** Encodes one frame and adds it at the end. Returns its size in bytes. */
  append(data: FrameData): number;
  /** Removes this many frames from the start. Earlier slices keep their bytes. */
  drop(count: number): void;
  /** Returns the frames from index `from` up to, but without, index `to`. Later frames do not change the slice. */
  slice(from: number, to: number): Frame;
}
