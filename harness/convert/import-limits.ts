/** A proxy's configuration -> the text of a policy: which proxy's it is, and everything that is wrong with it. */
import { FloodproofError } from '../errors.js';
import { invalidFiles } from '../scenario/faults.js';
import { importEnvoy } from './envoy-import.js';
import { type PolicyText, policyText } from './import-text.js';
import type { ClassPathTable, SourceName } from './imported.js';
import { importKong } from './kong-import.js';
import { importNginx } from './nginx-import.js';

export interface ImportOptions {
  /** null = by the file. */
  readonly from: SourceName | null;
  /** The paths of each class, from an adapter; null = words in paths tell. */
  readonly paths: ClassPathTable | null;
  /** nginx: name of one server. */
  readonly server: string | null;
}

/** Which proxy a file is of: YAML and JSON have colons where nginx has semicolons and braces. */
export function sourceOf(file: string, text: string): SourceName {
  if (/\.conf$/i.test(file)) return 'nginx';
  if (/^\s*"?(?:_format_version|services|plugins|consumers|routes)"?\s*:/m.test(text) && /rate-limiting/.test(text)) {
    return 'kong';
  }
  if (/^\s*[-"{\s]*(?:@type|domain|token_bucket|static_resources|http_filters|descriptors)"?\s*:/m.test(text))
    return 'envoy';
  return /^\s*"?_format_version"?\s*:/m.test(text) ? 'kong' : 'nginx';
}

/**
 * @throws {FloodproofError} FP_FILE_INVALID with every fault of the document; FP_CONVERT_EMPTY when no limit of it can
 *   be said by a policy, with the reasons.
 */
export function importLimits(file: string, text: string, { from, paths, server }: ImportOptions): PolicyText {
  const source = from ?? sourceOf(file, text);
  const { imported, faults } =
    source === 'nginx'
      ? importNginx(file, text, { paths, server })
      : source === 'kong'
        ? importKong(file, text, paths)
        : importEnvoy(file, text);
  if (imported === null) throw invalidFiles(faults.all);
  const policy = policyText(file, imported);
  if (policy.limits > 0) return policy;
  const reasons = policy.notes.map(({ place, text: message }) => ({
    code: 'FP_FOREIGN_KIND',
    file,
    line: place?.line ?? 0,
    column: place?.column ?? 0,
    message,
    hint: 'write the limit by hand, as docs/scenario-reference.md has it',
  }));
  throw new FloodproofError('FP_CONVERT_EMPTY', `${file} has no limit of ${source} that a policy can say`, {
    faults: reasons,
  });
}
