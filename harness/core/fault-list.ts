/** The faults of what a caller has handed over, all of them at once. */
import type { Fault } from '../errors.js';

/** Collects faults; each names its field. */
export class FaultList {
  readonly faults: Fault[] = [];

  add(code: string, message: string, hint: string): void {
    this.faults.push({ code, file: '', line: 0, column: 0, message, hint });
  }

  /** @returns whether the number is whole and in range. */
  number(field: string, value: unknown, range: { min: number; max: number }): boolean {
    if (typeof value === 'number' && Number.isInteger(value) && value >= range.min && value <= range.max) return true;
    const wanted = `a whole number from ${range.min} to ${range.max}`;
    this.add('FP_NUMBER_RANGE', `${field} must be ${wanted}, got ${String(value)}`, `write ${wanted}`);
    return false;
  }

  choice(field: string, value: unknown, choices: readonly string[]): boolean {
    if (typeof value === 'string' && choices.includes(value)) return true;
    this.add(
      'FP_CHOICE_UNKNOWN',
      `${field} must be one of ${choices.join(', ')}, got ${String(value)}`,
      'choose one of these',
    );
    return false;
  }

  flag(field: string, value: boolean): void {
    if (typeof value === 'boolean') return;
    this.add('FP_CHOICE_UNKNOWN', `${field} must be true or false, got ${String(value)}`, 'choose one of these');
  }

  /** @returns whether there is a list of so many entries. */
  list(field: string, list: readonly unknown[], range: { min: number; max: number }): boolean {
    if (!Array.isArray(list)) {
      this.add('FP_LIST_SIZE', `${field} must be a list, got ${String(list)}`, 'write a list, [] for an empty one');
      return false;
    }
    const before = this.faults.length;
    this.size(field, list.length, range);
    return this.faults.length === before;
  }

  size(field: string, size: number, range: { min: number; max: number }): void {
    if (size >= range.min && size <= range.max) return;
    const hint = 'add or remove entries';
    this.add('FP_LIST_SIZE', `${field} must have ${range.min} to ${range.max} entries, got ${size}`, hint);
  }

  names(field: string, names: readonly string[]): void {
    const indexOf = new Map<string, number>();
    for (const [index, name] of names.entries()) {
      const earlier = indexOf.get(name);
      if (typeof name !== 'string' || name === '') {
        this.add('FP_NAME_EMPTY', `${field}[${index}] has no name`, 'give it a name');
      } else if (earlier !== undefined) {
        const message = `${field}[${index}] has the name of ${field}[${earlier}]: ${name}`;
        this.add('FP_NAME_DUPLICATE', message, 'give each its own name');
      } else {
        indexOf.set(name, index);
      }
    }
  }
}
