/** Type tests: the options of the memory layer. */
import { InMemoryChannelLayer, protocolRouter } from "@lobby/channels";

// A layer is what it says it is.

const layer = new InMemoryChannelLayer({ capacity: 5 });
protocolRouter({ layer });
// @ts-expect-error: there is no such option
void new InMemoryChannelLayer({ channel_capacity: {} });
