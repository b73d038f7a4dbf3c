/** What can be told to clean up: the context of one test, or the `after` of a whole file. */
export interface Scene {
  after(end: () => void | Promise<void>): void;
}
