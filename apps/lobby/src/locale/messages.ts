/** Every sentence that people read, by language. A language that lacks one does not compile. */
import type { RefusalCode } from "../domain/refusal.ts";
import { english } from "./en.ts";
import { korean } from "./ko.ts";
import type { Language } from "./languages.ts";

/** What a plain-protocol frame can be refused for before it is a message. */
type FrameErrorCode = "CHANNELS_TEXT_EXPECTED" | "CHANNELS_INVALID_JSON" | "CHANNELS_INVALID_INPUT";

/** The sentences of one language. */
export interface Messages {
  readonly languageTag: string;
  readonly refusals: Readonly<Record<RefusalCode | FrameErrorCode, string>>;
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
    readonly notSent: string;
    readonly retry: string;
    /** `{count}` stands for how many characters there are too many. */
    readonly tooLong: string;
  };
  readonly nickname: {
    readonly open: string;
    readonly label: string;
    readonly hint: string;
    readonly save: string;
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
    readonly methodNotAllowed: string;
    readonly misdirected: (address: string) => string;
    readonly home: string;
  };
}

const LANGUAGES: Readonly<Record<Language, Messages>> = { en: english, ko: korean };

/** The sentences of a language. */
export function messagesIn(language: Language): Messages {
  return LANGUAGES[language];
}
