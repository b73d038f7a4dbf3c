import { OperatorError } from "../shared/operator-error.ts";

/** The reason and the remedy for each system error. */
const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program uses this port. Stop that program, or choose another port with --port.",
  EACCES: "this user has no permission for this port. Choose a port above 1023 with --port.",
  EADDRNOTAVAIL: "this machine does not have this address. Choose another address with --host.",
  EAFNOSUPPORT: "this machine does not support this kind of address. Choose another address with --host.",
  EINVAL: "no server can listen on this address. Choose another address with --host.",
  ENOTFOUND: "this host name has no address. Choose another host with --host.",
  EAI_AGAIN: "the lookup of this host name failed. Choose another host with --host.",
};

/** Returns an `OperatorError` with code LOBBY_CANNOT_LISTEN for a known error of `listen`, or else the error itself. */
export function listenError(error: unknown, host: string, port: number): unknown {
  const reason = REASONS[(error as NodeJS.ErrnoException).code ?? ""];
  if (reason === undefined) return error;
  return new OperatorError("LOBBY_CANNOT_LISTEN", `Cannot listen on ${host}, port ${port}: ${reason}`);
}
