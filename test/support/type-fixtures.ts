/** Programs that tests give to the compiler alone. */

/** The beginning of every program: a stack, a consumer and a handler to build routes with. */
export const PRELUDE: string = `
import { authStack, channelNameRouter, consumer, cookies, Denial, include, InMemorySessionStore, protocolRouter, route, sessions, stack, urlRouter, WebSocketConsumer, type ChannelScope, type HttpApplication, type HttpRoutes, type HttpScope, type Inside, type Middleware, type RequestScope, type ScopeParams, type Stack, type UserScope, type WebSocketScope } from "@lobby/channels";
interface User { readonly name: string }
const store = new InMemorySessionStore();
const withUser = authStack<User>({ sessions: { store }, users: { loadUser: (name) => ({ name }) } });
const member = withUser.use(({ user }) => (user === undefined ? new Denial(401) : { user }));
const me = (_request: Request, { user }: HttpScope & UserScope<User>) => new Response(user?.name);
class Room extends WebSocketConsumer<WebSocketScope & ScopeParams<"/:room/">> {}
`;

/** Exports a contract, and everything that developers make of one, without a single annotation. */
const CONTRACTS = `
import { channelConsumer, ContractClient, defineContract, defineEvents, InMemoryChannelLayer, JsonWebSocketConsumer, publisher, type Contract, type EventContract } from "@lobby/channels";
import { ContractCommunicator } from "@lobby/channels/testing";
import { z } from "zod";
const text = z.object({ text: z.string() });
const said = z.object({ author: z.string(), text: z.string(), tags: z.array(z.string()).optional() });
export const chat = defineContract({
  name: "chat",
  path: "/ws/chat/:room/",
  client: { say: text, leave: z.object({}) },
  server: { said },
  events: { said },
  groups: { room: (room: string) => room },
});
export const plainChat = defineContract({ ...chat, path: "/ws/plain/:room/", client: text, server: said });
export const mail = defineEvents({ name: "mail", events: { "mail.send": text }, groups: { team: (id: number) => \`\${id}\` } });
export class ChatRoom extends JsonWebSocketConsumer(chat, { requires: member }) {
  static readonly handlers = this.handle({
    receive: {
      say({ text }) {
        return this.groupSend(this.#room, { type: "said", author: this.scope.user.name, text });
      },
      leave() {
        this.close();
      },
    },
    events: { said: { relay: (event) => event } },
  });
  readonly #room = chat.groups.room(this.scope.params.room);
  override get groups() {
    return [this.#room];
  }
}
export class PlainRoom extends JsonWebSocketConsumer(plainChat) {
  static readonly handlers = this.handle({
    receive({ text }) {
      this.sendJson({ author: "me", text });
    },
    events: { said: (event) => void event },
    invalid: (reason) => void reason.code,
  });
}
export const Base = JsonWebSocketConsumer(chat);
export const chatRoom = consumer(ChatRoom);
export const chatRoute = route(chat.path, member(chatRoom));
export const chatRoot = protocolRouter({ websocket: urlRouter([chatRoute, route(plainChat.path, consumer(PlainRoom))]) });
export const layer = new InMemoryChannelLayer();
export const send = publisher(layer, chat);
export const sendMail = publisher(layer, mail);
export const mailer = channelConsumer(mail, { "mail.send": ({ text }) => void text });
export const connectTo = (url: string) => new ContractClient(new WebSocket(url), chat);
export const communicator = new ContractCommunicator(chatRoot, chat, "/ws/chat/lobby/");
export const onSaid = (client: ContractClient<typeof chat>) => client.on("said", ({ author }) => author);
export const nextSaid = () => communicator.receiveMessage("said");
export const lobby = chat.groups.room("lobby");
export const team = mail.groups.team(5);
export const publisherOf = <C extends EventContract>(contract: C) => publisher(layer, contract);
export const clientOf = <C extends Contract>(contract: C) => new ContractClient(new WebSocket("wss://a.example"), contract);
export const communicatorOf = <C extends Contract>(contract: C) => new ContractCommunicator(chatRoot, contract, "/ws/");
export const senderOf = <C extends Contract>(client: ContractClient<C>) => client.send.bind(client);
export const baseOf = <C extends Contract>(contract: C) => JsonWebSocketConsumer(contract);
`;

/** Exports everything that a module of routes may export, without a single annotation. */
export const EXPORTED: string = `${PRELUDE}
export const stacks = [withUser, member, stack(), stack(sessions({ store }), cookies())] as const;
export const steps = stack(
  ({ url }) => ({ host: url.host }),
  ({ host }) => ({ length: host.length }),
  async ({ host, length }) => (length > 99 ? new Denial(400) : { label: host }),
);
export const page = route("/rooms/:room", (_request, { params }) => new Response(params.room));
export const edit = route("/rooms/:room/edit", member((_request, { user, params }) => new Response(user.name + params.room)));
export const denied = route("/denied", () => new Denial(410));
const file = (_request: Request, { params }: HttpScope & ScopeParams<"/:a/:b/:c">) => new Response(params.a);
export const files = urlRouter([include("/:a/", urlRouter([route("/:b", file)]))]);
export const table = member(urlRouter([page, edit, include("/:c/", files)]));
export const handler = member((_request, { user }) => new Response(user.name));
export const sockets = urlRouter([route("/ws/:room/", consumer(Room))]);
export const misnamed = withUser(urlRouter([route("/ws/:name/", consumer(Room))]));
export const api: HttpRoutes<HttpScope & UserScope<User>> = urlRouter([route("/me", me)]);
export const jobs = stack((_scope: ChannelScope) => ({ job: 1 })).use(({ job }) => ({ last: job }));
export const work = jobs(channelNameRouter({ mail: (message, { last }) => void [message, last] }));
export const root = protocolRouter({ http: table, websocket: sockets, channel: work });

export const ofStep = <Adds extends object>(step: Middleware<RequestScope, Adds>) => stack(step);
export const around = <Adds extends object>(step: Middleware<RequestScope, Adds>) =>
  stack(step)((_request, scope) => new Response(String(scope)));
export const inside = <Needs, Adds>(outer: Stack<Needs, Adds>) => outer((_request, scope) => new Response(String(scope)));
export const at = <const Path extends \`/\${string}\`>(path: Path) => include(path, (_request, { url }) => new Response(url.href));
export const leading = <Scope,>(application: HttpApplication<Scope>) => urlRouter([route("/a/:b", application)]);
export const hinted = <K,>(application: HttpApplication & Inside<K>) => stack(() => ({ a: 1 }))(application);
${CONTRACTS}`;

/**
 * Returns a program with four tables of `count` routes that need two parameters and a user each: inline handlers in one
 * stack, the same in parts of ten, the same each in a stack of its own, and handlers that state their scope.
 */
export function tablesOf(count: number): string {
  const numbers = Array.from({ length: count }, (_, number) => number);
  const firsts = numbers.filter((number) => number % 10 === 0);
  const parts = firsts.map((first) => `include("/t${first}/", ${table(numbers.slice(first, first + 10), inline)})`);
  const named = numbers.map(
    (number) => `const h${number} = (_request: Request, ${handler(number, scopeOf(number))};\n`,
  );
  return `${PRELUDE}
protocolRouter({ http: withUser(${table(numbers, inline)}) });
protocolRouter({ http: withUser(urlRouter([${parts.join(", ")}])) });
protocolRouter({ http: ${table(numbers, (number) => `withUser(${inline(number)})`)} });
${named.join("")}
protocolRouter({ http: withUser(${table(numbers, (number) => `h${number}`)}) });`;
}

function table(numbers: readonly number[], application: (number: number) => string): string {
  const routes = numbers.map((number) => `route("/r${number}/:a${number}/:b${number}/", ${application(number)})`);
  return `urlRouter([${routes.join(", ")}])`;
}

function inline(number: number): string {
  return `(_request, ${handler(number)}`;
}

function handler(number: number, annotation = ""): string {
  return `{ user, params }${annotation}) => new Response(user?.name + params.a${number} + params.b${number})`;
}

function scopeOf(number: number): string {
  return `: HttpScope & UserScope<User> & ScopeParams<"/:a${number}/:b${number}/">`;
}
