/** The codec that a transport passes to the fan-out. */

/** The content of one frame: text, or bytes for a binary frame. */
export type FrameData = string | Uint8Array;

/** The encoding of frames on one transport. */
export interface FrameCodec<Frame> {
  /** Encodes one frame for any socket of the transport. */
  encode(data: FrameData): Frame;
  /** Creates a batch for frames that the fan-out will mostly write together. */
  batch(): FrameBatch<Frame>;
  /** Joins two or more frames for one write. */
  join(frames: readonly Frame[]): Frame;
}

/** A growing sequence of encoded frames. */
export interface FrameBatch<Frame> {
  /** Encodes one frame and adds it at the end. */
  append(data: FrameData): void;
  /** Removes this many frames from the start. Earlier slices keep their bytes. */
  drop(count: number): void;
  /** Returns the frames from index `from` up to, but without, index `to`. Later frames do not change the slice. */
  slice(from: number, to: number): Frame;
}
