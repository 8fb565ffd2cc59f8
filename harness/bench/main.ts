/**
 * `npm run bench [-- NAME...]`: measures, prints medians with their spread and ratios of rivals that ran by turns, and
 * saves them with machine, versions and commit under `results/bench/`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { openEngine } from '../native/engine.js';
import { measureEngines } from './engines.js';
import { measureGenerator } from './generator/measure.js';
import { doubtOf, machineFacts } from './machine.js';

const benches = {
  engines: (say: (line: string) => void) => Promise.resolve(measureEngines(say)),
  generator: (say: (line: string) => void) => measureGenerator(openEngine('auto').engine, say),
};

function isBench(name: string): name is keyof typeof benches {
  return Object.hasOwn(benches, name);
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !isBench(name));
if (unknown.length > 0) {
  process.stderr.write(`no such benchmark: ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}\n`);
  process.exit(2);
}
const folder = fileURLToPath(new URL('../../results/bench/', import.meta.url));
mkdirSync(folder, { recursive: true });
for (const name of asked.length > 0 ? asked.filter(isBench) : (Object.keys(benches) as (keyof typeof benches)[])) {
  const machine = machineFacts(['undici', 'piscina', 'hdr-histogram-js', 'apache-arrow', 'hyparquet-writer']);
  const doubt = doubtOf(machine);
  const lines: string[] = [];
  const say = (line: string): void => {
    lines.push(line);
    process.stdout.write(`${line}\n`);
  };
  say(`${name}: ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, commit ${machine.commit}`);
  if (doubt !== '') say(`warning: ${doubt}`);
  const figures = await benches[name](say);
  const text = JSON.stringify({ schema: 'floodproof/bench/1', name, machine, doubt, lines, figures }, null, 2);
  writeFileSync(`${folder}${name}.json`, `${text}\n`);
}
