import {
  authStack,
  include,
  InMemoryChannelLayer,
  InMemorySessionStore,
  protocolRouter,
  urlRouter,
} from "@lobby/channels";
import { websocketUrls } from "../chat/routing.ts";
import { urls } from "../chat/urls.ts";

const auth = authStack({
  sessions: { store: new InMemorySessionStore() },
  users: { loadUser: () => undefined },
});

export const application = protocolRouter({
  http: urlRouter([include("/chat/", urls)]),
  websocket: auth(websocketUrls),
  layer: new InMemoryChannelLayer(),
});
