/** A value as YAML on one line. */
const plainKey = /^[a-zA-Z_/][\w./-]*$/;
/** Words that YAML 1.1 or 1.2 would read as something else than text. */
const notText = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf)$/i;

export function flowText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return scalarText(value);
  const members = Object.entries(value).map(([key, inner]) => `${keyText(key)}: ${flowText(inner)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

export function keyText(key: string): string {
  return plainKey.test(key) && !notText.test(key) ? key : JSON.stringify(key);
}

/** Text is quoted, but for plain words. What JSON escapes YAML reads as it is. */
function scalarText(value: unknown): string {
  if (typeof value === 'string' && plainKey.test(value) && !notText.test(value)) return value;
  return JSON.stringify(value ?? null)
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}
