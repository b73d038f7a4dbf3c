/** The context of a test, or `{ after }` of `node:test` for a whole file: it runs cleanups when the tests are over. */
export interface Cleanup {
  after(cleanup: () => void | Promise<void>): void;
}
