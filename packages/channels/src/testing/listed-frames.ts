/** Frames as the values they carry: what a test wants to see of them. */
import type { FrameData } from "../fanout/codec.ts";
import type { FrameBatch, FrameCodec } from "../fanout/codec.ts";

class FrameList implements FrameBatch<readonly FrameData[]> {
  readonly #frames: FrameData[] = [];

  append(data: FrameData): void {
    this.#frames.push(data);
  }

  drop(count: number): void {
    this.#frames.splice(0, count);
  }

  slice(from: number, to: number): readonly FrameData[] {
    return this.#frames.slice(from, to);
  }
}

/** See the head of this file. */
export const listedFrames: FrameCodec<readonly FrameData[]> = {
  encode: (data) => [data],
  batch: () => new FrameList(),
  join: (frames) => frames.flat(),
};
