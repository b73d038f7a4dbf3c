export {
  RedisDeniedError,
  RedisModeError,
  RedisOutOfMemoryError,
  RedisOverloadedError,
  RedisReadOnlyError,
  RedisTlsError,
  RedisUnavailableError,
  RedisVersionError,
} from "./errors.ts";
export type { RedisChannelLayerOptions } from "./options.ts";
export { RedisChannelLayer } from "./redis-layer.ts";
