/** Looking into pages as a browser would, as far as tests need it. */

const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&amp;": "&",
};

/** The text that escaped text stands for. */
export function decodeHtml(html: string): string {
  return html.replaceAll(/&(?:lt|gt|quot|#39|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}

/** The texts of all elements that begin with this tag, without the tags inside. */
export function textsOf(html: string, openingTag: RegExp): string[] {
  const elements = html.matchAll(new RegExp(`<(?=${openingTag.source})(\\w+)[^>]*>(.*?)</\\1>`, "gs"));
  return [...elements].map(([, , content = ""]) => decodeHtml(content.replaceAll(/<[^>]*>/g, "")).trim());
}

/** The values of an attribute, of all elements that have it. */
export function attributesOf(html: string, name: string): string[] {
  return [...html.matchAll(new RegExp(` ${name}="([^"]*)"`, "g"))].map(([, value = ""]) => decodeHtml(value));
}
