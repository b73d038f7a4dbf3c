/** The answer of a JSON consumer to a message that breaks its contract: `{"error": {"code", "message"}}`. */

/** A server's refusal of a message. */
export interface Refusal {
  /** A permanent code, such as `CHANNELS_INVALID_INPUT`. */
  readonly code: string;
  /** One sentence for the client. */
  readonly message: string;
}

/** A refusal as it travels. */
interface RefusalMessage {
  readonly error: Refusal;
}

/** Returns the message that carries a refusal to the client. */
export function refusalMessage({ code, message }: Refusal): RefusalMessage {
  return { error: { code, message } };
}

/** Returns the refusal that a message of a server carries; undefined for any other message. */
export function refusalIn(content: unknown): Refusal | undefined {
  const error = (content as { readonly error?: Partial<Refusal> | null } | null | undefined)?.error;
  const { code, message } = error ?? {};
  return typeof code === "string" && typeof message === "string" ? { code, message } : undefined;
}
