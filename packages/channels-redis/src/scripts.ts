/**
 * Defines the atomic operations of the layer, as Lua scripts. All times come from the clock of Redis, so the clocks of the
 * processes need not agree.
 *
 * Every script begins with the fence: it refuses a command of an older connection once the process has a newer one. A
 * paused Redis or a stalled network could otherwise run the old command after newer ones, or remove a message for a
 * receiver that no longer exists.
 *
 * The scripts are declared to write (`#!lua`), so a replica refuses them at once. Scripts that need little memory have
 * the flag `allow-oom`.
 */

/** A script with the type of its reply. */
export interface Script<Reply> {
  readonly text: string;
  /** The number of keys, with that of the fence. */
  readonly keys: number;
  /** Carries the type of the reply for the compiler. Undefined at run time. */
  readonly reply?: Reply;
}

const FENCE = `
local newest = redis.call('GET', KEYS[1])
if newest and tonumber(newest) > tonumber(ARGV[1]) then return redis.error_reply('FENCED by a newer connection') end
`;

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/** Removes the expired messages from the head of a queue. Returns their number. */
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

/** The lifetime of a queue after the expiry of its last message, in which commands can count its expired messages. */
const UNCOUNTED_MS = 3_600_000;

/** Appends a message to a queue within its capacity, and announces the message. Returns whether the queue had capacity. */
const PUSH = `
local function push(queue, topic, message, capacity, expiry)
  if redis.call('LLEN', queue) >= capacity then return false end
  redis.call('RPUSH', queue, string.format('%.0f ', now + expiry) .. message)
  redis.call('PEXPIRE', queue, expiry + ${UNCOUNTED_MS})
  redis.call('PUBLISH', topic, '')
  return true
end
`;

/** Renews or starts the lease of a named channel. Returns its start, because a membership ends with its lease. */
const RENEW = `
local function renew(lease, duration)
  local began = redis.call('GETEX', lease, 'PX', duration)
  if began then return began end
  began = string.format('%.0f', now)
  redis.call('SET', lease, began, 'PX', duration)
  return began
end
`;

/** Returns a script that begins with the fence. The first key and the first argument belong to the fence. */
function script<Reply>(flags: string, keys: number, text: string): Script<Reply> {
  return { keys: keys + 1, text: `#!lua${flags}\n${FENCE}${text}` };
}

/** Raises the fence to the number of this connection. Arguments: lifetime of the fence in ms. */
export const raiseFence: Script<string> = script(
  " flags=allow-oom",
  0,
  "return redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])",
);

/** Publishes a message. Arguments: topic, message. Returns the number of subscribers. */
export const publish: Script<number> = script(" flags=allow-oom", 0, `return redis.call('PUBLISH', ARGV[2], ARGV[3])`);

/**
 * Appends a message to a queue. Keys: queue. Arguments: topic, message, capacity, expiry in ms. Returns 1 when
 * the queue had capacity, else 0, and the number of expired messages.
 */
export const pushToQueue: Script<readonly [pushed: number, expired: number]> = script(
  "",
  1,
  `${NOW}${EXPIRE}${PUSH}
local expired = expire(KEYS[2])
local pushed = push(KEYS[2], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]))
return { pushed and 1 or 0, expired }`,
);

/**
 * Removes the first entry of a queue, and renews the lease of its channel. Keys: queue, lease. Arguments: lease in ms.
 * Returns the entry or "", and the number of expired messages.
 */
export const popFromQueue: Script<readonly [entry: string, expired: number]> = script(
  " flags=allow-oom",
  2,
  `${NOW}${EXPIRE}${RENEW}
renew(KEYS[3], ARGV[2])
local expired = expire(KEYS[2])
return { redis.call('LPOP', KEYS[2]) or '', expired }`,
);

/** Returns the message in an entry of a queue: the time of its expiry, a space, and the message. */
export function messageTextOf(entry: string): string {
  return entry.slice(entry.indexOf(" ") + 1);
}

/** Returns an entry to the head of a queue. Keys: queue. Arguments: topic, entry, expiry in ms. */
export const returnToQueue: Script<number> = script(
  " flags=allow-oom",
  1,
  `redis.call('LPUSH', KEYS[2], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[4] + ${UNCOUNTED_MS})
return redis.call('PUBLISH', ARGV[2], '')`,
);

/** Adds a named channel to a group. Keys: channels of the group, lease. Arguments: channel, lease in ms. */
export const joinGroup: Script<number> = script(
  "",
  2,
  `${NOW}${RENEW}
return redis.call('HSET', KEYS[2], ARGV[2], renew(KEYS[3], ARGV[3]))`,
);

/**
 * Sends a message to a group: publishes it, and appends it to the queues of the named channels. Keys: named channels of
 * the group. Arguments: topic of the group, message, channel to skip or "", header of the message on the topic; then the
 * prefixes of the channels' leases, queues and topics, capacity, expiry in ms. Returns the number of full
 * channels, and the number of expired messages.
 */
export const sendToGroup: Script<readonly [full: number, expired: number]> = script(
  " flags=allow-oom",
  1,
  `redis.call('PUBLISH', ARGV[2], ARGV[5] .. ARGV[3])
if redis.call('EXISTS', KEYS[2]) == 0 then return { 0, 0 } end
${NOW}${EXPIRE}${PUSH}
local full, expired = 0, 0
local members = redis.call('HGETALL', KEYS[2])
for index = 1, #members, 2 do
  local channel, began = members[index], members[index + 1]
  if redis.call('GET', ARGV[6] .. channel) ~= began then
    redis.call('HDEL', KEYS[2], channel)
  elseif channel ~= ARGV[4] then
    expired = expired + expire(ARGV[7] .. channel)
    if not push(ARGV[7] .. channel, ARGV[8] .. channel, ARGV[3], tonumber(ARGV[9]), tonumber(ARGV[10])) then
      full = full + 1
    end
  end
end
return { full, expired }`,
);

/** All scripts, for loading into Redis. */
export const SCRIPTS: readonly Script<unknown>[] = [
  raiseFence,
  publish,
  pushToQueue,
  popFromQueue,
  returnToQueue,
  joinGroup,
  sendToGroup,
];
