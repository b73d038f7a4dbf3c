/** Encodes and decodes envelopes: the texts on topics, each with a header and a message as JSON. */
import type { ChannelMessage } from "@lobby/channels";
import { decodeMessage } from "./message-codec.ts";

/** The header of an envelope on the topic of a process. */
export interface ProcessHeader {
  /** The channel that receives the message. */
  readonly to: string;
  /** The number of the request, when the receiving process sent the message and waits for the outcome. */
  readonly number?: number;
}

/** A decoded envelope from the topic of a process. */
export interface ProcessEnvelope extends ProcessHeader {
  readonly message: ChannelMessage;
}

/** A decoded envelope from the topic of a group. */
export interface GroupEnvelope {
  /** The channel to skip; empty for none. */
  readonly except: string;
  readonly message: ChannelMessage;
}

/** Returns an envelope for the topic of a process: the header as JSON, a line feed, and the message. */
export function encodeProcessEnvelope(header: ProcessHeader, messageText: string): string {
  return `${JSON.stringify(header)}\n${messageText}`;
}

/** Decodes an envelope from the topic of a process. Returns undefined for text that no layer has encoded. */
export function decodeProcessEnvelope(text: string): ProcessEnvelope | undefined {
  const end = text.indexOf("\n");
  const message = decodeMessage(text.slice(end + 1));
  if (message === undefined) return undefined;
  try {
    return { ...(JSON.parse(text.slice(0, end)) as ProcessHeader), message };
  } catch {
    return undefined;
  }
}

/** Returns the header of an envelope on the topic of a group. It contains no "{", with which the message begins. */
export function groupHeader(except: string): string {
  return encodeURIComponent(except);
}

/** Decodes an envelope from the topic of a group. Returns undefined for text that no layer has encoded. */
export function decodeGroupEnvelope(text: string): GroupEnvelope | undefined {
  const end = text.indexOf("{");
  const message = decodeMessage(text.slice(end));
  if (message === undefined) return undefined;
  try {
    return { except: decodeURIComponent(text.slice(0, end)), message };
  } catch {
    return undefined;
  }
}
