/**
 * A set that usually has one element. Every connection has several, and a `Set`
 * takes 200 bytes, so only a second element creates a `Set`.
 */
export class TinySet<Element> implements Iterable<Element> {
  #only: Element | undefined;
  #all: Set<Element> | undefined;

  get size(): number {
    return this.#all?.size ?? (this.#only === undefined ? 0 : 1);
  }

  has(element: Element): boolean {
    return this.#all?.has(element) ?? this.#only === element;
  }

  add(element: Element): void {
    if (this.#all !== undefined) {
      this.#all.add(element);
    } else if (this.#only === undefined) {
      this.#only = element;
    } else if (this.#only !== element) {
      this.#all = new Set([this.#only, element]);
      this.#only = undefined;
    }
  }

  delete(element: Element): void {
    if (this.#all !== undefined) this.#all.delete(element);
    else if (this.#only === element) this.#only = undefined;
  }

  [Symbol.iterator](): Iterator<Element> {
    return (this.#all ?? (this.#only === undefined ? NOTHING : [this.#only]))[Symbol.iterator]();
  }
}

const NOTHING: readonly never[] = [];
