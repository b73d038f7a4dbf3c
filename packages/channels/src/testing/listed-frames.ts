/** Encodes frames as lists of values, so that tests can compare them. */
import type { FrameBatch, FrameCodec, FrameData } from "../fanout/codec.ts";

class FrameList implements FrameBatch<readonly FrameData[]> {
  readonly #frames: FrameData[] = [];

  append(data: FrameData): number {
    this.#frames.push(data);
    return data.length;
  }

  drop(count: number): void {
    this.#frames.splice(0, count);
  }

  slice(from: number, to: number): readonly FrameData[] {
    return this.#frames.slice(from, to);
  }
}

/** The codec whose frames are lists of values. */
export const listedFrames: FrameCodec<readonly FrameData[]> = {
  encode: (data) => [data],
  batch: () => new FrameList(),
  join: (frames) => frames.flat(),
  sizeOf: (frames) => frames.reduce((bytes, frame) => bytes + frame.length, 0),
};
