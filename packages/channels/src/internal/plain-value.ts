/** Tells plain objects and lists, which JSON keeps, from objects of a class. They may come from another realm. */

/** Returns whether an object has no class. */
export function isPlainObject(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Returns whether a list is an `Array` and not an object of a class that extends it. */
export function isPlainList(list: readonly unknown[]): boolean {
  const prototype: unknown = Object.getPrototypeOf(list);
  return (
    prototype === Array.prototype || (typeof prototype === "object" && prototype !== null && isPlainObject(prototype))
  );
}
