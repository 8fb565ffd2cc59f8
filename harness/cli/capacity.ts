/** `--capacity`: how many requests a second the target can serve, as a rate or as the file that a probe wrote. */
import { FloodproofError } from '../errors.js';
import { parseArrivalRate } from '../scenario/rates.js';
import { fileReader } from './file-reader.js';

/**
 * @param text - "1000/s", or the path of a JSON document with `capacityPerSecond`.
 * @throws {FloodproofError} FP_USAGE, or FP_FILE_UNREADABLE for a file that is not there.
 */
export function readCapacity(text: string): number {
  const rate = parseArrivalRate(text);
  if (rate.ok) return rate.value;
  if (/^[\d.]+ ?(\/|per |$)/.test(text)) {
    throw new FloodproofError('FP_USAGE', `--capacity ${rate.complaint.message}`, {
      hint: 'write for example "1000/s"',
    });
  }
  return capacityOf(text, fileReader.read(text));
}

function capacityOf(file: string, text: string): number {
  let content: unknown = null;
  try {
    content = JSON.parse(text);
  } catch {
    // Told below: what is no JSON has no capacity.
  }
  const found: unknown =
    typeof content === 'object' && content !== null ? Reflect.get(content, 'capacityPerSecond') : null;
  const rate = parseArrivalRate(`${typeof found === 'number' && Number.isFinite(found) ? found.toFixed(6) : ''}/s`);
  if (rate.ok) return rate.value;
  throw new FloodproofError('FP_USAGE', `${file} tells no capacity: it has no number "capacityPerSecond" above 0`, {
    hint: 'name the file that "floodproof probe --out" wrote, or a rate such as "1000/s"',
  });
}
