/** Single parameters of a request, which came from outside. */
import type { FaceAnswer, FaceParams } from './face.js';

/** '' when it is not there, or is neither a text nor a number. */
export function textField(params: FaceParams, name: string): string {
  const value = Object.hasOwn(params, name) ? params[name] : undefined;
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** Within the bounds; `whenMissing` for anything but a whole number. */
export function countField(
  params: FaceParams,
  name: string,
  { min, max, whenMissing }: { readonly min: number; readonly max: number; readonly whenMissing: number },
): number {
  const text = textField(params, name);
  return /^\d{1,9}$/.test(text) ? Math.min(max, Math.max(min, Number(text))) : whenMissing;
}

export function jsonAnswer(value: unknown, status = 200, headers?: Readonly<Record<string, string>>): FaceAnswer {
  return { status, body: JSON.stringify(value), ...(headers !== undefined && { headers }) };
}
