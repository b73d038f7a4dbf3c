export {
  RedisClientLimitError,
  RedisDatabaseError,
  RedisDeniedError,
  RedisModeError,
  RedisOutOfMemoryError,
  RedisOverloadedError,
  RedisReadOnlyError,
  RedisSentinelError,
  RedisTlsError,
  RedisUnavailableError,
  RedisVersionError,
} from "./errors.ts";
export type { RedisChannelLayerOptions } from "./options.ts";
export { RedisChannelLayer } from "./redis-layer.ts";
export type { RedisTlsOptions } from "./tls-options.ts";
