import { lstatSync, unlinkSync } from "node:fs";
import { connect } from "node:net";

/**
 * Removes the file of a unix socket whose server has ended without removing it, such as after a crash. A symbolic link
 * stays: no server can listen at a link, so somebody else has made it.
 * @returns Whether the path is free now. False when a server listens there, or the file is no socket.
 */
export async function removeStaleSocket(path: string): Promise<boolean> {
  const before = socketIdOf(path);
  if (before === undefined || !(await isRefused(path))) return false;
  // Another server may have replaced the file in the meantime.
  if (socketIdOf(path) !== before) return false;
  unlinkSync(path);
  return true;
}

/** Returns the identity of a socket file. Undefined when the path has no socket. */
function socketIdOf(path: string): string | undefined {
  try {
    const file = lstatSync(path, { bigint: true });
    return file.isSocket() ? `${file.dev} ${file.ino} ${file.ctimeNs}` : undefined;
  } catch {
    return undefined;
  }
}

/** Returns whether no server accepts connections at the path. A server that is busy does not refuse them. */
async function isRefused(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const probe = connect(path, () => resolve(false));
  probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "ECONNREFUSED"));
  const refused = await promise;
  probe.destroy();
  return refused;
}
