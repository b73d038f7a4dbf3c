/** Typed access to the page's elements. A missing element throws an error that names it. */

/** Returns the element with this id and class. */
export function element<T extends Element>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new Error(`The page has no ${type.name} with the id ${id}.`);
}

/** Returns a copy of the element in a template. */
export function fromTemplate<T extends Element>(id: string, type: new () => T): T {
  const copy = element(id, HTMLTemplateElement).content.firstElementChild?.cloneNode(true);
  if (copy instanceof type) return copy;
  throw new Error(`The template ${id} holds no ${type.name}.`);
}

/** Returns the first descendant that matches a selector. */
export function part<T extends Element>(root: ParentNode, selector: string, type: new () => T): T {
  const found = root.querySelector(selector);
  if (found instanceof type) return found;
  throw new Error(`There is no ${type.name} at ${selector}.`);
}
