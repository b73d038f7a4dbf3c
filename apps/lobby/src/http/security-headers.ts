import type { MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";
import type { Env } from "./context.ts";

/** Returns a middleware that restricts pages to this server's own scripts, styles, images and sockets. */
export function securityHeaders(publicUrl: URL | undefined): MiddlewareHandler<Env> {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      // In older browsers, 'self' does not include a WebSocket of the same host.
      connectSrc: ["'self'", (context) => webSocketSource(publicUrl ?? (context.env as Env["Bindings"]).url)],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    xFrameOptions: "DENY",
    // Under "no-referrer", browsers send Lobby's own forms with `Origin: null`.
    referrerPolicy: "same-origin",
    // Only the operator knows whether every subdomain speaks TLS.
    strictTransportSecurity: false,
  });
}

function webSocketSource(url: URL): string {
  return `${url.protocol === "https:" ? "wss" : "ws"}://${url.host}`;
}
