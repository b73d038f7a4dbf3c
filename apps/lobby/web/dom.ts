/** The page's elements, or a clear word about what is missing. */

/** The element with this id, of this class. */
export function element<T extends Element>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new Error(`The page has no ${type.name} with the id ${id}.`);
}

/** A copy of what a template holds. */
export function fromTemplate<T extends Element>(id: string, type: new () => T): T {
  const copy = element(id, HTMLTemplateElement).content.firstElementChild?.cloneNode(true);
  if (copy instanceof type) return copy;
  throw new Error(`The template ${id} holds no ${type.name}.`);
}

/** The part of an element that a selector finds. */
export function part<T extends Element>(root: ParentNode, selector: string, type: new () => T): T {
  const found = root.querySelector(selector);
  if (found instanceof type) return found;
  throw new Error(`There is no ${type.name} at ${selector}.`);
}
