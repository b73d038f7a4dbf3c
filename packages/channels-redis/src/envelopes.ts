/** Messages as they travel on topics: a header, then the message as JSON. */
import type { ChannelMessage } from "@lobby/channels";
import { decodeMessage } from "./message-codec.ts";

/** The header of a message on the topic of a process. */
export interface ProcessHeader {
  /** The channel that receives the message. */
  readonly to: string;
  /** The number of the request, when the sender is the receiving process and waits for the outcome. */
  readonly number?: number;
}

/** A message on the topic of a process. */
export interface ProcessEnvelope extends ProcessHeader {
  readonly message: ChannelMessage;
}

/** A message on the topic of a group. */
export interface GroupEnvelope {
  /** The channel that does not receive the message; empty for none. */
  readonly except: string;
  readonly message: ChannelMessage;
}

/** Returns the text of a message on the topic of a process: the header as JSON, a line feed, and the message. */
export function encodeProcessEnvelope(header: ProcessHeader, messageText: string): string {
  return `${JSON.stringify(header)}\n${messageText}`;
}

/** Returns the parts of a text on the topic of a process; undefined for a text that no layer has encoded. */
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

/** Returns the header of a message on the topic of a group. It contains no "{", which begins the message. */
export function groupHeader(except: string): string {
  return encodeURIComponent(except);
}

/** Returns the parts of a text on the topic of a group; undefined for a text that no layer has encoded. */
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
