/** Text that came from files or from the target: shown as text, whatever stands in it, and never turning what is around it. */
import { visible } from '../report/text.js';

export function Name({ text }: { text: string }) {
  return <bdi>{visible(text)}</bdi>;
}
