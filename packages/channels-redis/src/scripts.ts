/**
 * What has to happen in Redis in one piece. Times are those of the server, so
 * that the clocks of the processes do not matter.
 *
 * Every script begins with the fence: once a process has a new connection, what
 * its old one left on the way is refused. A server that was paused, or a network
 * that stood still, would otherwise bring it in behind what was sent since, or
 * take a message for somebody who is gone.
 *
 * The scripts are declared to write (`#!lua`), so that a replica refuses them
 * before they have done anything; `allow-oom` stands where little or no memory
 * is needed.
 */

/** A script, what it is told first, and the type of its reply. */
export interface Script<Reply> {
  readonly text: string;
  readonly keys: number;
  /** Never there; for the compiler. */
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

/** How long a queue outlives what waits in it, so that whoever looks next can count what expired. */
const UNCOUNTED_MS = 3_600_000;

/** Puts a message behind the others of a queue when there is room. */
const PUSH = `
local function push(queue, topic, message, capacity, expiry)
  if redis.call('LLEN', queue) >= capacity then return false end
  redis.call('RPUSH', queue, string.format('%.0f ', now + expiry) .. message)
  redis.call('PEXPIRE', queue, expiry + ${UNCOUNTED_MS})
  redis.call('PUBLISH', topic, '')
  return true
end
`;

/**
 * Begins the lease of a named channel, or goes on with it, and says when it began: a membership is of one lease, and
 * is over with it.
 */
const RENEW = `
local function renew(lease, duration)
  local began = redis.call('GETEX', lease, 'PX', duration)
  if began then return began end
  began = string.format('%.0f', now)
  redis.call('SET', lease, began, 'PX', duration)
  return began
end
`;

/** Keys and arguments are those behind the fence's own, which come first in every script. */
function script<Reply>(flags: string, keys: number, text: string): Script<Reply> {
  return { keys: keys + 1, text: `#!lua${flags}\n${FENCE}${text}` };
}

/** Arguments: topic, message. Gives how many listen to the topic. */
export const publish: Script<number> = script(" flags=allow-oom", 0, `return redis.call('PUBLISH', ARGV[2], ARGV[3])`);

/** Keys: queue. Arguments: topic, message, capacity, expiry. Gives 1 when there was room, and how much had expired. */
export const pushToQueue: Script<readonly [taken: number, expired: number]> = script(
  "",
  1,
  `${NOW}${EXPIRE}${PUSH}
local expired = expire(KEYS[2])
local taken = push(KEYS[2], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]))
return { taken and 1 or 0, expired }`,
);

/** Keys: queue, lease. Arguments: lease in ms. Gives the next entry or "", and how much had expired. */
export const popFromQueue: Script<readonly [entry: string, expired: number]> = script(
  " flags=allow-oom",
  2,
  `${NOW}${EXPIRE}${RENEW}
renew(KEYS[3], ARGV[2])
local expired = expire(KEYS[2])
return { redis.call('LPOP', KEYS[2]) or '', expired }`,
);

/** Keys: queue. Arguments: topic, entry, expiry. Puts an entry back to where it was. */
export const returnToQueue: Script<number> = script(
  " flags=allow-oom",
  1,
  `redis.call('LPUSH', KEYS[2], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[4] + ${UNCOUNTED_MS})
return redis.call('PUBLISH', ARGV[2], '')`,
);

/** Keys: the named channels in the group, the channel's lease. Arguments: channel, lease in ms. */
export const joinGroup: Script<number> = script(
  "",
  2,
  `${NOW}${RENEW}
return redis.call('HSET', KEYS[2], ARGV[2], renew(KEYS[3], ARGV[3]))`,
);

/**
 * Keys: the named channels in the group. Arguments: topic of the group, message, the channel that
 * is left out or "", and the same as it goes ahead of the message in the topic; then, for those channels,
 * what their lease, queue and topic keys begin with, capacity, expiry. Gives how many had no room, and how
 * much had expired.
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

/** Every script, to be made known to a server. */
export const SCRIPTS: readonly Script<unknown>[] = [
  publish,
  pushToQueue,
  popFromQueue,
  returnToQueue,
  joinGroup,
  sendToGroup,
];
