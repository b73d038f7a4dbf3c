import { hostname } from "node:os";

/**
 * Returns the names under which the machine's own network knows it, as URLs write them: the name of the machine, its
 * first part, that part with `.local` (mDNS), and the name that Lobby listens at. Other endings are missing on purpose,
 * because strangers can register names such as `<machine>.example`.
 * @param listenHost The setting `--host`.
 */
export function ownNames(listenHost: string, machine: string = hostname()): ReadonlySet<string> {
  const [first = ""] = machine.split(".");
  const names = [machine, first, `${first}.local`, listenHost];
  return new Set(names.flatMap((name) => URL.parse(`http://${name}/`)?.hostname ?? []));
}
