import type { InvalidInputCode } from "@lobby/channels";
import type { RefusalCode } from "../shared/refusal.ts";

/** A refusal whose sentence names a character, a room or a reserved name. */
type NamingCode = Extract<RefusalCode, `${string}_${"CHARACTERS" | "MARKS" | "INVISIBLE" | "CONFUSABLE" | "RESERVED"}`>;

/** Every phrase that visitors read, in one language. A language with a missing phrase does not compile. */
export interface Phrases {
  readonly languageTag: string;
  readonly refusals: Readonly<Record<Exclude<RefusalCode, NamingCode> | InvalidInputCode, string>> &
    Readonly<Record<NamingCode, (subject: string | undefined) => string>>;
  readonly guestName: (tag: string) => string;
  readonly index: {
    readonly title: string;
    readonly lead: string;
    readonly label: string;
    readonly placeholder: string;
    readonly enter: string;
    readonly rooms: string;
    readonly noRooms: string;
    readonly messageCount: (count: number) => string;
  };
  readonly room: {
    readonly allRooms: string;
    readonly log: string;
    readonly empty: string;
    readonly messageLabel: string;
    readonly placeholder: string;
    readonly send: string;
    readonly needsScript: string;
    readonly connecting: string;
    readonly reconnecting: string;
    readonly newMessages: string;
    /** Stands between two messages when the page lacks those between them. */
    readonly gap: string;
    readonly notSent: string;
    /** Stands in place of `notSent` when the message can be among those that the page lacks. */
    readonly perhapsSent: string;
    readonly retry: string;
    /** After messages that came too fast. The script replaces `{seconds}` with the time until it sends the message. */
    readonly tooFast: string;
    /** After the sentence of another refusal. The script replaces `{seconds}` as above. */
    readonly sendsLater: string;
    readonly cancel: string;
    /** Screen readers say it when a message that had to wait or failed has been sent. */
    readonly sent: string;
    /** Screen readers say it when the author has canceled a message that had to wait. */
    readonly canceled: string;
    /** The script replaces `{count}` with the number of excess characters. */
    readonly tooLong: string;
  };
  readonly nickname: {
    readonly open: string;
    readonly label: string;
    readonly hint: string;
    readonly save: string;
    /** The script replaces `{seconds}` with the time until it saves the name. */
    readonly savesLater: string;
    /** Screen readers say it when a name that had to wait has been saved. */
    readonly saved: string;
    readonly failed: string;
  };
  readonly errors: {
    readonly notFoundTitle: string;
    readonly notFound: string;
    readonly badRequestTitle: string;
    readonly badAddress: string;
    readonly failedTitle: string;
    readonly failed: string;
    readonly forbidden: string;
    readonly tooLarge: string;
    readonly brokenBody: string;
    readonly formExpected: string;
    readonly methodNotAllowed: string;
    readonly misdirected: (address: string) => string;
    readonly unknownHost: (address: string) => string;
    readonly home: string;
  };
}

/** The reason of a refusal: its code, and what its sentence names. */
interface RefusalReason {
  readonly code: RefusalCode | InvalidInputCode;
  readonly subject?: string | undefined;
}

/** Returns the sentence that explains a refusal. */
export function refusalSentence({ refusals }: Phrases, { code, subject }: RefusalReason): string {
  const sentence = refusals[code];
  return typeof sentence === "string" ? sentence : sentence(subject);
}
