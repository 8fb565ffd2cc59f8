/** Which kind of file a text is, for commands that take several. */
import { entriesOf, readYaml } from './yaml-source.js';

/** Whether a text is an adapter. */
export function isAdapterText(file: string, text: string): boolean {
  const { source } = readYaml(file, text);
  if (source === null) return false;
  const top = entriesOf(source.value);
  return top.calls !== undefined && top.limits === undefined && top.phases === undefined && top.actors === undefined;
}

/** A text that can't be read at all counts as a scenario: its faults are told when it is loaded. */
export function isPolicyText(file: string, text: string): boolean {
  const { source } = readYaml(file, text);
  if (source === null) return false;
  const top = entriesOf(source.value);
  return top.limits !== undefined && top.phases === undefined && top.actors === undefined;
}
