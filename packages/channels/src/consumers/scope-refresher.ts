/**
 * Keeps the scope of one connection current: runs its middleware again when the rights of its subjects may have
 * changed.
 */
import { Denial } from "../application/denial.ts";
import { rebuildScope, recheckScope } from "../application/rebuild-scope.ts";
import type { ChannelLayer } from "../layers/layer.ts";

/** The connection whose scope a refresher rebuilds. */
export interface RefreshTarget {
  readonly layer: ChannelLayer;
  readonly scope: object;
  /** Whether frames can still reach the client. */
  readonly isLive: boolean;
  /** Ends the connection, because its middleware now denies it. */
  refuse(denial: Denial): void;
  /** Replaces the scope between two handlers. */
  replaceScope(scope: object): void;
  /** Ends the connection, because its middleware threw. */
  failRefresh(error: unknown): void;
}

/** A refresher that builds one scope at a time, so that an older scope cannot replace a newer one. */
export class ScopeRefresher {
  readonly #target: RefreshTarget;
  readonly #stopListening: () => void;
  #isRunning = false;
  /** Whether the facts may have changed since the last build began. */
  #isStale = false;

  /** Starts to listen for gaps of the layer: it refreshes after each, because a revocation may have been lost. */
  constructor(target: RefreshTarget) {
    this.#target = target;
    this.#stopListening = target.layer.onGap(() => this.refresh());
  }

  /** Builds the whole scope again. A call during a build starts one more build. */
  refresh(): void {
    const replace = (scope: object): void => this.#target.replaceScope(scope);
    this.#run(rebuildScope, replace).catch((error: unknown) => this.#target.failRefresh(error));
  }

  /**
   * Repeats the lookup of the subjects before `connect`: they may have changed before the connection joined their
   * groups.
   */
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
