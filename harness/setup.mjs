/**
 * All the set-up from a bare clone, each step only when it is needed: packages, the TypeScript build, the native build.
 * Plain JavaScript, since nothing is installed yet when it runs. Writes to stderr only: stdout belongs to the command
 * that follows.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const NODE_MIN = [20, 19];
const isWindows = process.platform === 'win32';

function say(line) {
  process.stderr.write(`${line}\n`);
}

function modifiedMs(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}

/** The newest file below `folder` whose name ends in one of `endings`. */
function newestMs(folder, endings) {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !endings.some((ending) => entry.name.endsWith(ending))) continue;
    newest = Math.max(newest, modifiedMs(join(entry.parentPath ?? entry.path, entry.name)));
  }
  return newest;
}

/** Names of the files below `folder` whose name ends in one of `endings`: a build must notice that one is gone. */
function namesOf(folder, endings) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => endings.some((ending) => name.endsWith(ending)))
    .sort()
    .join('\n');
}

/** Runs a step; its output is shown only when it fails. */
function run(what, command, args) {
  const began = Date.now();
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8', shell: isWindows, maxBuffer: 1 << 28 });
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  if (result.status === 0) {
    say(`set-up: ${what} (${seconds} s)`);
    return { ok: true, output: '' };
  }
  const output = result.error ? String(result.error.message) : `${result.stdout ?? ''}${result.stderr ?? ''}`;
  return { ok: false, output };
}

function demand(what, command, args) {
  const { ok, output } = run(what, command, args);
  if (ok) return;
  say(output);
  say(`set-up: ${what} failed; mend what stands above and run the command again`);
  process.exit(4);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) return;
  say(`set-up: Node ${NODE_MIN.join('.')} or newer is needed, this is ${process.versions.node}`);
  process.exit(4);
}

function install() {
  const installed = modifiedMs(join(root, 'node_modules/.package-lock.json'));
  if (installed >= modifiedMs(join(root, 'package-lock.json'))) return;
  demand('installed packages', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}

function buildTypeScript() {
  const stamp = join(root, 'dist/.built');
  const names = namesOf(join(root, 'harness'), ['.ts']);
  const settings = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'].map((name) =>
    modifiedMs(join(root, name)),
  );
  const sources = Math.max(newestMs(join(root, 'harness'), ['.ts', '.json']), ...settings);
  if (modifiedMs(stamp) > sources && readFileSync(stamp, 'utf8') === names) return;
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  demand('built TypeScript', 'npm', ['run', '--silent', 'build:ts']);
  writeFileSync(stamp, names);
}

/** The page of reports and live runs, one file; the TypeScript build empties its folder. */
function buildPage() {
  const page = join(root, 'dist/web/page.html');
  const sources = Math.max(newestMs(join(root, 'harness/web'), ['.tsx', '.ts', '.css', '.html', '.json']), lockMs());
  if (modifiedMs(page) > sources) return;
  demand('built the page', 'npm', ['run', '--silent', 'build:web']);
}

function lockMs() {
  return modifiedMs(join(root, 'package-lock.json'));
}

/** Without Rust or its registry the TypeScript core serves, unless this is CI. */
function buildNative() {
  if (process.env.FLOODPROOF_NATIVE === 'absent') return;
  const folder = join(root, 'native/binding');
  const addons = readdirSync(folder).filter(
    (name) => name.endsWith('.node') && name.includes(`${process.platform}-${process.arch}`),
  );
  const addon = Math.max(0, ...addons.map((name) => modifiedMs(join(folder, name))));
  const sources = Math.max(newestMs(join(root, 'native'), ['.rs', '.toml']), modifiedMs(join(root, 'Cargo.lock')));
  if (addon > sources) return;
  // An addon of other sources must not serve in place of one that can't be built.
  for (const name of addons) rmSync(join(folder, name));
  const hasCargo = spawnSync('cargo', ['--version'], { shell: isWindows }).status === 0;
  if (!hasCargo) {
    if (process.env.CI) demand('found cargo', 'cargo', ['--version']);
    say('set-up: no cargo here, so the TypeScript core serves (https://rustup.rs brings the native one)');
    return;
  }
  say('set-up: building the native core, about a minute the first time ...');
  const { ok, output } = run('built the native core', 'npm', ['run', '--silent', 'build:native']);
  if (ok) return;
  say(output.split('\n').slice(-20).join('\n'));
  if (process.env.CI) process.exit(4);
  say('set-up: the native core could not be built (see above), so the TypeScript core serves');
}

checkNode();
install();
buildTypeScript();
buildPage();
buildNative();
