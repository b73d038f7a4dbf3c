/** Why a server cannot listen, in words that help. */
import { OperatorError } from "./operator-error.ts";

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "it is in use. Stop whatever uses it, or choose another with --port.",
  EACCES: "this user may not use it. Choose one above 1023 with --port.",
  EADDRNOTAVAIL: "this machine has no such address. Choose another with --host.",
  EAFNOSUPPORT: "this machine has no addresses of this kind. Choose another with --host.",
  EINVAL: "nothing can listen on this address. Choose another with --host.",
  ENOTFOUND: "this host name leads nowhere. Choose another with --host.",
  EAI_AGAIN: "this host name cannot be looked up. Choose another with --host.",
};

/** The error to show instead; the same one when there is nothing to add. */
export function listenError(error: unknown, host: string, port: number): unknown {
  const reason = REASONS[(error as NodeJS.ErrnoException).code ?? ""];
  if (reason === undefined) return error;
  return new OperatorError("LOBBY_CANNOT_LISTEN", `Cannot listen on ${host}, port ${port}: ${reason}`);
}
