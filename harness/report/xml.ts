/**
 * XML 1.0 elements as text, well-formed whatever stands in them.
 */

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly children: readonly (XmlElement | string)[];
}

export function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  children: readonly (XmlElement | string)[] = [],
): XmlElement {
  return { name, attributes, children };
}

/** The document with its declaration, one element a line. */
export function renderXml(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${renderElement(root, '').join('\n')}\n`;
}

function renderElement({ name, attributes, children }: XmlElement, indent: string): string[] {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${attributeText(String(value))}"`);
  const open = `${indent}<${name}${pairs.join('')}`;
  if (children.length === 0) return [`${open}/>`];
  // Text is not set in: spaces would become part of it.
  if (children.every((child) => typeof child === 'string')) {
    return [`${open}>${children.map(elementText).join('')}</${name}>`];
  }
  const inner = children.flatMap((child) =>
    typeof child === 'string' ? [elementText(child)] : renderElement(child, `${indent}  `),
  );
  return [`${open}>`, ...inner, `${indent}</${name}>`];
}

/**
 * Characters that XML 1.0 does not allow, not even escaped (half of a surrogate pair is one), become U+FFFD; marks that turn
 * the direction of writing become visible escapes.
 */
function allowed(text: string): string {
  const straight = text.replace(/[\u202a-\u202e\u2066-\u2069]/g, (mark) => `\\u${mark.charCodeAt(0).toString(16)}`);
  return straight.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
}

function elementText(text: string): string {
  return allowed(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/\r/g, '&#13;');
}

function attributeText(text: string): string {
  return elementText(text).replace(/"/g, '&quot;').replace(/\t/g, '&#9;').replace(/\n/g, '&#10;');
}
