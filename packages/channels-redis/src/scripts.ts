/**
 * What has to happen in Redis in one piece. Times are those of the server, so
 * that the clocks of the processes do not matter.
 */
import { defineScript, type CommandParser } from "@redis/client";

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/** Takes what has expired from the head of a queue, and says how much that was. */
const EXPIRE = `
local function expire(queue)
  local expired = 0
  local head = redis.call('LINDEX', queue, 0)
  while head and tonumber(string.match(head, '^%d+')) <= now do
    redis.call('LPOP', queue)
    expired = expired + 1
    head = redis.call('LINDEX', queue, 0)
  end
  return expired
end
`;

/** Puts a message behind the others of a queue when there is room. */
const PUSH = `
local function push(queue, topic, message, capacity, expiry)
  if redis.call('LLEN', queue) >= capacity then return false end
  redis.call('RPUSH', queue, string.format('%.0f ', now + expiry) .. message)
  redis.call('PEXPIRE', queue, expiry + 1000)
  redis.call('PUBLISH', topic, '')
  return true
end
`;

/** A script with its reply's type, as the client wants it. */
export interface Script<Reply> {
  readonly NUMBER_OF_KEYS: number;
  readonly SCRIPT: string;
  readonly SHA1: string;
  readonly parseCommand: (parser: CommandParser, ...args: readonly string[]) => void;
  readonly transformReply: (reply: unknown) => Reply;
}

function script<Reply>(keys: number, text: string): Script<Reply> {
  return defineScript({
    NUMBER_OF_KEYS: keys,
    SCRIPT: text,
    parseCommand(parser: CommandParser, ...args: readonly string[]) {
      parser.pushKeys(args.slice(0, keys));
      parser.push(...args.slice(keys));
    },
    transformReply: (reply: unknown) => reply as Reply,
  });
}

/** Keys: queue. Arguments: topic, message, capacity, expiry. Gives 1 when there was room, and how much had expired. */
export const pushToQueue: Script<readonly [taken: number, expired: number]> = script(
  1,
  `${NOW}${EXPIRE}${PUSH}
local expired = expire(KEYS[1])
local taken = push(KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]))
return { taken and 1 or 0, expired }`,
);

/** Keys: queue, lease. Arguments: lease in ms. Gives the next entry or "", and how much had expired. */
export const popFromQueue: Script<readonly [entry: string, expired: number]> = script(
  2,
  `${NOW}${EXPIRE}
redis.call('SET', KEYS[2], '', 'PX', ARGV[1])
local expired = expire(KEYS[1])
return { redis.call('LPOP', KEYS[1]) or '', expired }`,
);

/**
 * Keys: the set of named channels in the group. Arguments: topic of the group, message, the channel that
 * is left out or "", and the same as it goes ahead of the message in the topic; then, for those channels,
 * what their lease, queue and topic keys begin with, capacity, expiry. Gives how many had no room, and how
 * much had expired.
 */
export const sendToGroup: Script<readonly [full: number, expired: number]> = script(
  1,
  `redis.call('PUBLISH', ARGV[1], ARGV[4] .. ARGV[2])
if redis.call('EXISTS', KEYS[1]) == 0 then return { 0, 0 } end
${NOW}${EXPIRE}${PUSH}
local full, expired = 0, 0
for _, channel in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  if redis.call('EXISTS', ARGV[5] .. channel) == 0 then
    redis.call('SREM', KEYS[1], channel)
  elseif channel ~= ARGV[3] then
    expired = expired + expire(ARGV[6] .. channel)
    if not push(ARGV[6] .. channel, ARGV[7] .. channel, ARGV[2], tonumber(ARGV[8]), tonumber(ARGV[9])) then
      full = full + 1
    end
  end
end
return { full, expired }`,
);
