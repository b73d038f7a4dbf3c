/** What a transport brings to fan-out: how its frames are written. */

/** One frame's content: text, or bytes for a binary frame. */
export type FrameData = string | Uint8Array;

/** How one transport writes frames. */
export interface FrameCodec<Frame> {
  /** Encodes one frame, ready for any socket of the transport. */
  encode(data: FrameData): Frame;
  /** Begins to collect frames that will mostly be written together. */
  batch(): FrameBatch<Frame>;
  /** Several frames as one to write; called with two or more. */
  join(frames: readonly Frame[]): Frame;
}

/** Encoded frames, one behind the other. */
export interface FrameBatch<Frame> {
  append(data: FrameData): void;
  /** Forgets so many frames at the beginning; the others move up. What was sliced stays as it is. */
  drop(count: number): void;
  /** The frames from one index up to another as one to write; later frames do not change it. */
  slice(from: number, to: number): Frame;
}
