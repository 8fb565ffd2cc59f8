/**
 * All the set-up from a bare clone, each step only when it is needed: packages, the TypeScript build, the page of
 * reports, the native build. Plain JavaScript, since nothing is installed yet when it runs. Writes to stderr only: stdout
 * belongs to the command that follows.
 *
 * What a step leaves half done is done again: each says by a stamp, or by being loaded, that it is whole.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const NODE_MIN = [20, 19];
const isWindows = process.platform === 'win32';
/** Whether a line can be drawn again: nobody sees it turn in a file, and the record of a CI run would keep every turn. */
const redraws = process.stderr.isTTY === true && process.env.TERM !== 'dumb' && !process.env.CI;
const TURN_MS = 125;
const turns = ['|', '/', '-', '\\'];

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

/** Shows on a terminal that a step goes on, and for how long it has. @returns what takes the line away. */
function turn(doing) {
  if (!redraws) return () => undefined;
  const began = Date.now();
  let count = 0;
  const draw = () => {
    const seconds = Math.floor((Date.now() - began) / 1000);
    process.stderr.write(`\r\u001b[K${turns[count++ % turns.length]} set-up: ${doing} (${seconds} s)`);
  };
  draw();
  const timer = setInterval(draw, TURN_MS);
  return () => {
    clearInterval(timer);
    process.stderr.write('\r\u001b[K');
  };
}

/** Runs a step; its output is shown only when it fails. */
async function run({ doing, done }, command, args) {
  const began = Date.now();
  const stopTurning = turn(doing);
  const { ok, output } = await outcomeOf(command, args);
  stopTurning();
  if (ok) say(`set-up: ${done} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  return { ok, output: ok ? '' : output };
}

function outcomeOf(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, shell: isWindows, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk) => {
        output += chunk;
      });
    }
    child.once('error', (error) => resolve({ ok: false, output: error.message }));
    child.once('close', (code) => resolve({ ok: code === 0, output }));
  });
}

async function demand(step, command, args) {
  const { ok, output } = await run(step, command, args);
  if (ok) return;
  say(output);
  say(`set-up: ${step.doing} failed; mend what stands above and run the command again`);
  process.exit(4);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) return;
  say(`set-up: Node ${NODE_MIN.join('.')} or newer is needed, this is ${process.versions.node}`);
  process.exit(4);
}

async function install() {
  const installed = modifiedMs(join(root, 'node_modules/.package-lock.json'));
  if (installed >= lockMs()) return;
  const step = { doing: 'installing packages', done: 'installed packages' };
  await demand(step, 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}

/** Whether a package that builds is there: without the development packages it is not. */
function hasPackage(name) {
  return existsSync(join(root, 'node_modules', name, 'package.json'));
}

async function buildTypeScript() {
  const stamp = join(root, 'dist/.built');
  const names = namesOf(join(root, 'harness'), ['.ts']);
  const settings = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'].map((name) =>
    modifiedMs(join(root, name)),
  );
  const sources = Math.max(newestMs(join(root, 'harness'), ['.ts', '.json']), ...settings);
  const isWhole = existsSync(join(root, 'dist/cli/main.js'));
  if (isWhole && modifiedMs(stamp) > sources && readFileSync(stamp, 'utf8') === names) return;
  if (!hasPackage('typescript')) {
    say('set-up: dist is not up to date, and typescript is not installed here ("npm ci --omit=dev" leaves it out)');
    say('set-up: run "npm ci" and then "npm run build", or bring dist from where it was built');
    process.exit(4);
  }
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  await demand({ doing: 'building TypeScript', done: 'built TypeScript' }, 'npm', ['run', '--silent', 'build:ts']);
  writeFileSync(stamp, names);
}

/** The page of reports and live runs, one file; the TypeScript build empties its folder. */
async function buildPage() {
  const folder = join(root, 'harness/web');
  const stamp = join(root, 'dist/web/.built');
  const page = join(root, 'dist/web/page.html');
  const endings = ['.tsx', '.ts', '.css', '.html', '.json'];
  const isWhole = existsSync(page) && existsSync(stamp) && readFileSync(stamp, 'utf8') === stampOf();
  if (isWhole && modifiedMs(stamp) > Math.max(newestMs(folder, endings), lockMs())) return;
  if (!hasPackage('vite')) {
    say(
      'set-up: vite is not installed here ("npm ci --omit=dev" leaves it out), so reports have no page: "npm ci" brings it',
    );
    if (process.env.CI) process.exit(4);
    return;
  }
  await demand({ doing: 'building the page', done: 'built the page' }, 'npm', ['run', '--silent', 'build:web']);
  writeFileSync(stamp, stampOf());

  function stampOf() {
    // A page that was cut off while it was written is shorter.
    return `${statSync(page).size} bytes\n${namesOf(folder, endings)}`;
  }
}

function lockMs() {
  return modifiedMs(join(root, 'package-lock.json'));
}

/** One that was cut off while it was written, or is of another system, can't be. In a process of its own: it may crash. */
function canBeLoaded(addon) {
  return spawnSync(process.execPath, ['-e', 'require(process.argv[1])', addon], { stdio: 'ignore' }).status === 0;
}

/** Without Rust or its registry the TypeScript core serves, unless this is CI. */
async function buildNative() {
  if (process.env.FLOODPROOF_NATIVE === 'absent') return;
  const folder = join(root, 'native/binding');
  const addons = readdirSync(folder)
    .filter((name) => name.endsWith('.node') && name.includes(`${process.platform}-${process.arch}`))
    .map((name) => join(folder, name));
  const addon = Math.max(0, ...addons.map(modifiedMs));
  const sources = Math.max(newestMs(join(root, 'native'), ['.rs', '.toml']), modifiedMs(join(root, 'Cargo.lock')));
  if (addon > sources && addons.every(canBeLoaded)) return;
  // An addon of other sources must not serve in place of one that can't be built.
  for (const path of addons) rmSync(path);
  const hasCargo = spawnSync('cargo', ['--version'], { shell: isWindows }).status === 0;
  if (!hasCargo) {
    if (process.env.CI) await demand({ doing: 'looking for cargo', done: 'found cargo' }, 'cargo', ['--version']);
    say('set-up: no cargo here, so the TypeScript core serves (https://rustup.rs brings the native one)');
    return;
  }
  const doing = 'building the native core, about a minute the first time';
  if (!redraws) say(`set-up: ${doing} ...`);
  const { ok, output } = await run({ doing, done: 'built the native core' }, 'npm', [
    'run',
    '--silent',
    'build:native',
  ]);
  if (ok) return;
  say(output.split('\n').slice(-20).join('\n'));
  if (process.env.CI) process.exit(4);
  say('set-up: the native core could not be built (see above), so the TypeScript core serves');
}

checkNode();
await install();
await buildTypeScript();
await buildPage();
await buildNative();
