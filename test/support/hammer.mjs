/** A worker of a piscina pool that asks a shared gate for one key as fast as it can. */
import process from 'node:process';

let gate;
let opened;

async function open({ attachUrl, loadUrl, name, spec }) {
  const { attachGate } = await import(attachUrl);
  const { loadAddon } = await import(loadUrl);
  return attachGate(loadAddon().addon, name, spec, [5, 6]);
}

function clockUs(originNs) {
  return Number((process.hrtime.bigint() - originNs) / 1000n);
}

/**
 * Asks `calls` times at time 0, or until `untilUs` on the clock that `originNs` is the start of.
 *
 * @returns what was admitted, as pairs of the time that was passed and the time after the answer; the time after the
 *   first answer that was a throttle, and the time that was passed with the last one.
 */
export default async function hammer(task) {
  // One thread may be sent away while the others start: all wait until each of them has its gate.
  if (opened !== task.name) gate = await open(task);
  opened = task.name;
  const arrived = new Int32Array(task.arrived);
  Atomics.add(arrived, 0, 1);
  while (Atomics.load(arrived, 0) < task.threads);
  const admitted = [];
  let firstThrottledUs = Number.POSITIVE_INFINITY;
  let lastThrottledUs = -1;
  for (let call = 0; call < task.calls; call += 1) {
    const nowUs = task.originNs === null ? 0 : clockUs(task.originNs);
    if (nowUs > task.untilUs) break;
    if (gate.limit(nowUs, 0, 'hot', '', '') === 0) {
      admitted.push(nowUs, task.originNs === null ? 0 : clockUs(task.originNs));
      continue;
    }
    if (lastThrottledUs < 0 && task.originNs !== null) firstThrottledUs = clockUs(task.originNs);
    lastThrottledUs = nowUs;
  }
  return { admitted, firstThrottledUs, lastThrottledUs };
}
