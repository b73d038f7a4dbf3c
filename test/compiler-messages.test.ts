/** The compiler's messages for the likely mistakes in routes and middleware: the first line names the missing thing. */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { buildDeclarations, compile, COMPILERS, type Outcome } from "./support/compilers.ts";
import { PRELUDE } from "./support/type-fixtures.ts";

interface Mistake {
  readonly title: string;
  readonly code: string;
  /** Returns the significant part of each error's first line, in the order of the compiler's reports. */
  readonly messages: readonly RegExp[];
}

const NO_USER = 'Missing<"scope.user", "put users() or authStack() around it">';
const NO_ROOM = 'Missing<":room", "no path around it captures this">';
const OTHER_PROTOCOL = 'Missing<"an application of this protocol", "this one serves another protocol">';
const BARE_FETCH = 'Missing<"hono()", "a bare fetch handler does not say which scope it needs: mount hono(app)">';

/** The message at the root, which begins with the type that the application has. */
function atRoot(scope: string, missing: string): RegExp {
  return new RegExp(
    `^Type '.*' is not assignable to type '${RegExp.escape(`Inside<Knows<${scope}>> & ${missing}`)}'\\.$`,
  );
}

/** The message at the path of the route. */
function atPath(path: string, missing: string): RegExp {
  const argument = `Argument of type '"${path}"' is not assignable to parameter of type '"${path}" & ${missing}'.`;
  return new RegExp(`^${RegExp.escape(argument)}$`);
}

const MISTAKES: readonly Mistake[] = [
  {
    title: "middleware is missing",
    code: `protocolRouter({ http: urlRouter([route("/me", me)]) });`,
    messages: [atRoot("HttpScope", NO_USER), atPath("/me", NO_USER)],
  },
  {
    title: "middleware is missing, and the table is a value of its own",
    code: `const table = urlRouter([route("/me", me)]); protocolRouter({ http: table });`,
    messages: [atRoot("HttpScope", NO_USER)],
  },
  {
    title: "the parameter of a consumer has another name in the path",
    code: `protocolRouter({ websocket: urlRouter([route("/ws/:name/", consumer(Room))]) });`,
    messages: [atRoot("WebSocketScope", NO_ROOM), atPath("/ws/:name/", NO_ROOM)],
  },
  {
    title: "an inline handler misspells a parameter",
    code: `route("/rooms/:room", (_request, { params }) => new Response(params.rom));`,
    messages: [
      /^Property 'rom' does not exist on type 'object & PathParams<"\/rooms\/:room">'. Did you mean 'room'\?$/,
    ],
  },
  {
    title: "an inline handler needs a user, and no stack is around it",
    code: `protocolRouter({ http: urlRouter([route("/me", (_request, { user }) => new Response(user))]) });`,
    messages: [/^Property 'user' does not exist on type 'HttpScope & ScopeParams<"\/me">'\.$/],
  },
  {
    title: "steps of a stack stand in the wrong order",
    code: `protocolRouter({ http: stack(sessions({ store }), cookies())(urlRouter([route("/me", me)])) });`,
    messages: [
      /^Type '.*' is not assignable to type 'Inside<Knows<HttpScope>> & Missing<(?=[^,]*"scope\.cookies").*"put cookies\(\) or authStack\(\) around it".*>'\.$/,
      atPath("/me", NO_USER),
    ],
  },
  {
    title: "the user may be undefined",
    code: `protocolRouter({ http: urlRouter([route("/me", withUser((_request, { user }) => new Response(user.name)))]) });`,
    messages: [/^'user' is possibly 'undefined'\.$/],
  },
  {
    title: "a handler returns text",
    code: `protocolRouter({ http: urlRouter([route("/", () => "hello")]) });`,
    messages: [/^Type 'string' is not assignable to type 'Awaitable<(?:Denial \| Response|Response \| Denial)>'\.$/],
  },
  {
    title: "a handler inside a stack returns text",
    code: `protocolRouter({ http: urlRouter([route("/", withUser((_request, { url }) => url.href))]) });`,
    messages: [/^Type 'string' is not assignable to type 'Awaitable<(?:Denial \| Response|Response \| Denial)>'\.$/],
  },
  {
    title: "a step of a stack returns text",
    code: `withUser.use(({ url }) => url.href);`,
    messages: [/^Type 'string' is not assignable to type 'Awaitable<object \| Denial>'\.$/],
  },
  {
    title: "a consumer stands under http",
    code: `protocolRouter({ http: urlRouter([route("/ws", consumer(Room))]) });`,
    messages: [atRoot("HttpScope", OTHER_PROTOCOL), atPath("/ws", OTHER_PROTOCOL)],
  },
  {
    title: "a handler of requests stands under websocket",
    code: `protocolRouter({ websocket: urlRouter([route("/ws", me)]) });`,
    messages: [atRoot("WebSocketScope", OTHER_PROTOCOL), atPath("/ws", OTHER_PROTOCOL)],
  },
  {
    title: "the fetch of a Hono app without bindings stands under http",
    code: `protocolRouter({ http: new Hono().fetch });`,
    messages: [atRoot("HttpScope", BARE_FETCH)],
  },
  {
    title: "the fetch of a Hono app with bindings stands in a stack",
    code: `protocolRouter({ http: withUser(new Hono<{ Bindings: HttpScope & UserScope<User> }>().fetch) });`,
    messages: [atRoot("HttpScope", BARE_FETCH)],
  },
  {
    title: "a mounted Hono app needs a user, and no stack is around it",
    code: `protocolRouter({ http: hono(new Hono<{ Bindings: HttpScope & UserScope<User> }>()) });`,
    messages: [atRoot("HttpScope", NO_USER)],
  },
  {
    title: "middleware of requests stands around a channel",
    code: `protocolRouter({ channel: stack(({ url }) => ({ url }))(channelNameRouter({ mail: () => undefined })) });`,
    messages: [
      /^Type '.*' is not assignable to type 'Inside<Knows<ChannelScope>> & Missing<.*"scope\.url".*, "only HTTP requests and WebSockets have it">'\.$/,
    ],
  },
  {
    title: "middleware adds a user of another type",
    code: `protocolRouter({ http: stack(() => ({ user: 42 }))(urlRouter([route("/me", me)])) });`,
    messages: [atRoot("HttpScope", NO_USER), atPath("/me", 'Missing<"scope.user", "it is there with another type">')],
  },
  {
    title: "a consumer needs a number from the path",
    code: `
      class Numbers extends WebSocketConsumer<WebSocketScope & { readonly params: { readonly room: number } }> {}
      protocolRouter({ websocket: urlRouter([route("/ws/:room/", consumer(Numbers))]) });`,
    messages: [atRoot("WebSocketScope", NO_ROOM), atPath("/ws/:room/", 'Missing<":room", "a parameter is text">')],
  },
  {
    title: "a JSON consumer overrides a hook that nothing calls",
    code: `
      import { anyJson, defineContract, JsonWebSocketConsumer } from "@lobby/channels";
      const json = defineContract({ name: "json", path: "/", client: anyJson, server: anyJson, events: {}, groups: {} });
      class Json extends JsonWebSocketConsumer(json) {
        override receive(text: string) {
          this.send(text);
        }
        override async receiveBinary() {}
      }
      void Json;`,
    messages: ["receive", "receiveBinary"].map(
      (hook) =>
        new RegExp(
          `^Property '${hook}' in type 'Json' is not assignable to the same property in base type 'JsonWebSocketConsumer<.*>'\\.$`,
        ),
    ),
  },
];

const FILES = Object.fromEntries(
  MISTAKES.map(({ code }, index) => [
    `mistake-${index}.ts`,
    `${PRELUDE}import { Hono } from "hono";\nimport { hono } from "@lobby/channels/hono";\n${code}`,
  ]),
);

before(buildDeclarations);

for (const compiler of COMPILERS) {
  describe(`${compiler.name} names the mistake in the first line when`, () => {
    let outcome: Outcome;
    before(async () => {
      outcome = await compile(compiler, { written: FILES });
    });

    for (const [index, { title, messages }] of MISTAKES.entries()) {
      test(title, () => {
        const errors = outcome.errors.get(`mistake-${index}.ts`) ?? [];
        const firstLines = errors.map((error) => error.split("\n")[0] ?? "");
        assert.equal(firstLines.length, messages.length, firstLines.join("\n"));
        for (const [at, message] of messages.entries()) assert.match(firstLines[at] ?? "", message);
      });
    }
  });
}
