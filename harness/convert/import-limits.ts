/** A proxy's configuration -> the text of a policy: which proxy's it is, and everything that is wrong with it. */
import { FloodproofError } from '../errors.js';
import { invalidFiles } from '../scenario/faults.js';
import { importEnvoy } from './envoy-import.js';
import { type PolicyText, policyText } from './import-text.js';
import type { ClassPathTable, SourceName } from './imported.js';
import { importKong } from './kong-import.js';
import { isNginxDump } from './nginx-dump.js';
import { importNginx } from './nginx-import.js';

export interface ImportOptions {
  /** null = by the file. */
  readonly from: SourceName | null;
  /** The paths of each class, from an adapter; null = words in paths tell. */
  readonly paths: ClassPathTable | null;
  /** nginx: name of one server. */
  readonly server: string | null;
}

const WHOLE_NGINX =
  'print the whole configuration, with what it includes: nginx -T > all.conf; npx floodproof import all.conf';

/** Which proxy a file is of: YAML and JSON have colons where nginx has semicolons and braces. */
export function sourceOf(file: string, text: string): SourceName | null {
  if (/\.conf$/i.test(file) || isNginxDump(text)) return 'nginx';
  if (/^\s*"?(?:_format_version|services|plugins|consumers|routes)"?\s*:/m.test(text) && /rate-limiting/.test(text)) {
    return 'kong';
  }
  if (/^\s*[-"{\s]*(?:@type|domain|token_bucket|static_resources|http_filters|descriptors)"?\s*:/m.test(text))
    return 'envoy';
  if (/^\s*"?_format_version"?\s*:/m.test(text)) return 'kong';
  return looksLikeNginx(file, text) ? 'nginx' : null;
}

/** A site's file has any name: one of its lines opens a block of nginx, or ends a directive of it. */
function looksLikeNginx(file: string, text: string): boolean {
  if (/\.(?:json|ya?ml|md|toml|[cm]?[jt]s)$/i.test(file)) return false;
  return /^[ \t]*(?:(?:http|server|location|upstream|map|geo|events|if)\b[^\n]*\{|[a-z_]+[ \t][^\n]*;)/m.test(text);
}

/**
 * @throws {FloodproofError} FP_FILE_INVALID with every fault of the document; FP_CONVERT_EMPTY when no limit of it can
 *   be said by a policy, with the reasons; FP_USAGE for a file that is none of a proxy's by its looks.
 */
export function importLimits(file: string, text: string, { from, paths, server }: ImportOptions): PolicyText {
  const source = from ?? sourceOf(file, text);
  if (source === null) {
    throw new FloodproofError('FP_USAGE', `${file} is not recognised as a file of nginx, Envoy or Kong`, {
      hint: 'name it with --from nginx, envoy or kong',
    });
  }
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
    hint: message.startsWith('include ')
      ? WHOLE_NGINX
      : 'write the limit by hand, as docs/scenario-reference.md has it',
  }));
  const isPart = reasons.some(({ hint }) => hint === WHOLE_NGINX);
  throw new FloodproofError('FP_CONVERT_EMPTY', `${file} has no limit of ${source} that a policy can say`, {
    faults: reasons,
    ...(isPart ? { hint: WHOLE_NGINX } : {}),
  });
}
