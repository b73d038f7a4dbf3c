import {
  MAX_MARKS_IN_A_ROW,
  MAX_MESSAGE_CODE_POINTS,
  MAX_MESSAGE_ID_CODE_POINTS,
  MAX_NICKNAME_CODE_POINTS,
  MAX_ROOM_NAME_CODE_POINTS,
} from "@lobby/protocol";
import { groupDigits } from "./group-digits.ts";
import type { Phrases } from "./phrases.ts";

/** The Korean phrases. */
export const korean: Phrases = {
  languageTag: "ko",
  refusals: {
    CHANNELS_TEXT_EXPECTED: "텍스트 프레임만 보낼 수 있어요. 바이너리 프레임은 받지 않아요.",
    CHANNELS_INVALID_JSON: "이 프레임은 올바른 JSON이 아니거나, 값이 너무 많거나 너무 깊게 중첩되어 있어요.",
    CHANNELS_INVALID_INPUT: `{"message": "…"} 형식으로 보내 주세요. message는 문자열이어야 해요. id는 생략할 수 있고, 넣을 때는 1~${MAX_MESSAGE_ID_CODE_POINTS}자 문자열이어야 해요.`,
    LOBBY_ROOM_NAME_EMPTY: "방 이름을 입력해 주세요.",
    LOBBY_ROOM_NAME_TOO_LONG: `방 이름은 ${MAX_ROOM_NAME_CODE_POINTS}자까지 쓸 수 있어요.`,
    LOBBY_ROOM_NAME_MARKS: (mark) =>
      `방 이름에는 결합 기호를 이어서 ${MAX_MARKS_IN_A_ROW}개까지 쓸 수 있어요. ${mark} 기호부터는 너무 많아요.`,
    LOBBY_ROOM_NAME_CHARACTERS: (character) =>
      character === undefined
        ? '방 이름은 "."이나 ".."일 수 없어요.'
        : `방 이름에는 ${character} 문자를 쓸 수 없어요. 지우고 다시 입력해 주세요.`,
    LOBBY_ROOM_NAME_INVISIBLE: (character) =>
      `방 이름에는 눈에 보이지 않는 ${character} 문자를 쓸 수 없어요. 지우고 다시 입력해 주세요.`,
    LOBBY_ROOM_NAME_CONFUSABLE: (room) =>
      `이미 열려 있는 "${room}" 방과 이름이 거의 똑같아 보여요. 그 방에 들어가거나 다른 이름을 골라 주세요.`,
    LOBBY_MESSAGE_EMPTY: "메시지를 입력해 주세요.",
    LOBBY_MESSAGE_TOO_LONG: `메시지는 ${groupDigits(MAX_MESSAGE_CODE_POINTS)}자까지 쓸 수 있어요.`,
    LOBBY_MESSAGE_MARKS: (mark) =>
      `메시지에는 결합 기호를 이어서 ${MAX_MARKS_IN_A_ROW}개까지 쓸 수 있어요. ${mark} 기호부터는 너무 많아요.`,
    LOBBY_MESSAGE_CHARACTERS: (character) => `메시지에는 ${character} 문자를 쓸 수 없어요. 지우고 다시 보내 주세요.`,
    LOBBY_NICKNAME_EMPTY: "이름을 입력해 주세요.",
    LOBBY_NICKNAME_TOO_LONG: `이름은 ${MAX_NICKNAME_CODE_POINTS}자까지 쓸 수 있어요.`,
    LOBBY_NICKNAME_MARKS: (mark) =>
      `이름에는 결합 기호를 이어서 ${MAX_MARKS_IN_A_ROW}개까지 쓸 수 있어요. ${mark} 기호부터는 너무 많아요.`,
    LOBBY_NICKNAME_CHARACTERS: (character) => `이름에는 ${character} 문자를 쓸 수 없어요. 지우고 다시 입력해 주세요.`,
    LOBBY_NICKNAME_INVISIBLE: (character) =>
      `이름에는 눈에 보이지 않는 ${character} 문자를 쓸 수 없어요. 지우고 다시 입력해 주세요.`,
    LOBBY_NICKNAME_RESERVED: (name) => `"${name}"처럼 서버가 쓰는 이름은 쓸 수 없어요. 다른 이름을 골라 주세요.`,
    LOBBY_SERVER_BUSY: "지금 이용하는 사람이 너무 많아요. 잠시 기다려 주세요.",
    LOBBY_TOO_FAST: "너무 빨라요. 잠시 기다려 주세요.",
    LOBBY_TOO_MANY_CONNECTIONS: "이 네트워크에서 너무 많이 접속했어요. 잠시 기다려 주세요.",
    LOBBY_TOO_MANY_ROOMS: "이 네트워크에서 새 방을 너무 많이 열었어요. 잠시 기다리거나 열린 방을 이용해 주세요.",
    LOBBY_TOO_MANY_GUESTS: "이 네트워크에서 새 손님이 너무 많이 들어왔어요. 잠시 기다려 주세요.",
    LOBBY_NOT_READABLE: "지금은 서버가 내용을 읽지 못하고 있어요. 나중에 다시 시도해 주세요.",
    LOBBY_NOT_STORED: "서버가 저장하지 못했어요. 바뀐 것은 없어요. 나중에 다시 시도해 주세요.",
  },
  guestName: (tag) => `손님 ${tag}`,
  index: {
    title: "로비",
    lead: "방 이름만 알면 바로 이야기할 수 있어요.",
    label: "어느 방에 들어갈까요?",
    placeholder: "로비",
    enter: "들어가기",
    rooms: "열린 방",
    noRooms: "아직 아무 이야기도 없어요. 첫 방을 열어 보세요.",
    messageCount: (count) => `메시지 ${groupDigits(count)}개`,
  },
  room: {
    allRooms: "모든 방",
    log: "메시지",
    empty: "아직 아무 이야기도 없어요. 먼저 인사해 보세요.",
    messageLabel: "메시지",
    placeholder: "메시지를 입력하세요",
    send: "보내기",
    needsScript: "자바스크립트 없이도 읽을 수 있어요. 글을 쓰려면 자바스크립트를 켜 주세요.",
    connecting: "연결하는 중…",
    reconnecting: "연결이 끊겼어요. 다시 연결하는 중…",
    newMessages: "새 메시지",
    gap: "이 사이의 메시지 일부는 보이지 않아요",
    notSent: "보내지 못했어요",
    perhapsSent: "보내졌는지 알 수 없어요. 보이지 않는 메시지가 있어요.",
    retry: "다시 보내기",
    tooFast: "조금 빨라요. {seconds}초 뒤에 보낼게요.",
    sendsLater: "{seconds}초 뒤에 보낼게요.",
    cancel: "취소",
    sent: "보냈어요.",
    canceled: "취소했어요. 쓴 글은 입력칸으로 돌아왔어요.",
    tooLong: "{count}자 넘었어요",
  },
  nickname: {
    open: "이름 바꾸기",
    label: "내 이름",
    hint: "이미 보낸 메시지에는 예전 이름이 그대로 남아요.",
    save: "저장",
    savesLater: "{seconds}초 뒤에 저장할게요.",
    saved: "이름을 저장했어요.",
    failed: "이름을 저장하지 못했어요. 다시 시도해 주세요.",
  },
  errors: {
    notFoundTitle: "아무것도 없어요",
    notFound: "이 주소에는 아무것도 없어요.",
    badRequestTitle: "처리할 수 없는 요청이에요",
    badAddress: "주소에 올바르지 않은 글자가 들어 있어요.",
    failedTitle: "문제가 생겼어요",
    failed: "서버에서 요청을 처리하지 못했어요. 다시 시도해 주세요.",
    forbidden: "다른 사이트에서 온 요청이라 거절했어요.",
    tooLarge: "요청이 너무 커요. 16KiB까지 보낼 수 있어요.",
    formExpected: "폼 형식이 아니에요. 필드를 application/x-www-form-urlencoded 형식으로 보내 주세요.",
    brokenBody: "요청이 다 도착하지 않았어요. 다시 보내 주세요.",
    methodNotAllowed: "이 주소에서는 이런 요청을 받지 않아요.",
    misdirected: (address) => `이 주소로 접속해 주세요: ${address}`,
    unknownHost: (address) =>
      `이 서버가 모르는 주소라서 열 수 없어요. 맞는 주소라면 로비를 시작할 때 이 설정을 추가해 주세요: --public-url ${address}`,
    home: "방 목록으로",
  },
};
