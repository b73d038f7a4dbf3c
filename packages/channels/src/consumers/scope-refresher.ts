/** Keeps the scope of one open connection current when what its subjects may do has changed. */
import { Denial } from "../application/denial.ts";
import { rebuildScope, recheckScope } from "../application/rebuild-scope.ts";
import type { ChannelLayer } from "../layers/layer.ts";

/** The connection whose scope is refreshed. */
export interface RefreshTarget {
  readonly layer: ChannelLayer;
  readonly scope: object;
  readonly isLive: boolean;
  /** Ends the connection: it would be denied now. */
  refuse(denial: Denial): void;
  /** Replaces the scope between two handlers. */
  replaceScope(scope: object): void;
  /** Ends the connection: its middleware failed. */
  failRefresh(error: unknown): void;
}

/** A refresher that builds one scope at a time, so that an older answer cannot replace a newer one. */
export class ScopeRefresher {
  readonly #target: RefreshTarget;
  readonly #stopListening: () => void;
  #isRunning = false;
  /** Whether the facts may have changed since the last build began. */
  #isStale = false;

  /** Also refreshes after each gap of the layer, because revocations may have been lost in it. */
  constructor(target: RefreshTarget) {
    this.#target = target;
    this.#stopListening = target.layer.onGap(() => this.refresh());
  }

  /** Builds the whole scope again, and once more when it is called meanwhile. */
  refresh(): void {
    const replace = (scope: object): void => this.#target.replaceScope(scope);
    this.#run(rebuildScope, replace).catch((error: unknown) => this.#target.failRefresh(error));
  }

  /** Closes the race between the lookup of the subjects and the join of their groups, before `connect`. */
  async recheck(replace: (scope: object) => void): Promise<void> {
    await this.#run(recheckScope, replace);
  }

  /** Ends the subscription to gaps. */
  stop(): void {
    this.#stopListening();
  }

  async #run(build: (scope: object) => Promise<object>, replace: (scope: object) => void): Promise<void> {
    this.#isStale = true;
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      for (let next = build; this.#isStale && this.#target.isLive; next = rebuildScope) {
        this.#isStale = false;
        const { scope } = this.#target;
        const fresh = await next(scope);
        if (fresh instanceof Denial) this.#target.refuse(fresh);
        else if (fresh !== scope && this.#target.isLive) replace(fresh);
      }
    } finally {
      this.#isRunning = false;
    }
  }
}
