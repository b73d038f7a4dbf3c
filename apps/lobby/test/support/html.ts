/** Reads HTML as far as tests need it. Like a browser, it ignores the content of templates. */

const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&amp;": "&",
};

/** Returns the plain text of escaped text. */
export function decodeHtml(html: string): string {
  return html.replaceAll(/&(?:lt|gt|quot|#39|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}

/** Returns the texts of all elements whose tag begins like this, without the tags inside. */
export function textsOf(html: string, openingTag: RegExp): string[] {
  const elements = document(html).matchAll(new RegExp(`<(?=${openingTag.source})(\\w+)[^>]*>(.*?)</\\1>`, "gs"));
  return [...elements].map(([, , content = ""]) => decodeHtml(content.replaceAll(/<[^>]*>/g, "")).trim());
}

/** Returns the values of an attribute in all elements. */
export function attributesOf(html: string, name: string): string[] {
  const attributes = document(html).matchAll(new RegExp(` ${name}="([^"]*)"`, "g"));
  return [...attributes].map(([, value = ""]) => decodeHtml(value));
}

function document(html: string): string {
  return html.replaceAll(/<template\b.*?<\/template>/gs, "");
}
