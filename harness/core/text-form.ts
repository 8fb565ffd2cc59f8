/** Which texts may name a key, an account or an address. What is not of this form is refused before it is looked up. */
export const ID_LENGTH_MAX = 256;
export const IP_LENGTH_MAX = 64;

/** 1 to 256 characters, all visible ASCII (0x21 to 0x7e), so that no two spellings look alike. */
export function isId(text: string): boolean {
  if (text.length === 0 || text.length > ID_LENGTH_MAX) return false;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x21 || unit > 0x7e) return false;
  }
  return true;
}
