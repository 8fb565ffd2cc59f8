/** What was found of a log besides its requests, and what was assumed of it: said in the verdict, a sentence each. */
import { formatDuration } from '../scenario/durations.js';
import { grouped, type LineTally } from '../trace/line-tally.js';
import type { LogMap } from './log-map.js';
import type { LogRead } from './read-log.js';

/** @param firstUs - what times of the verdict count from, since 1970. */
export function notesOfLog(read: LogRead, map: LogMap, firstUs: number): readonly string[] {
  const { counts, bound, grainUs, longestUs } = read;
  const { rule } = bound.time;
  const lines = (tally: LineTally, what: string): string[] =>
    tally.count === 0
      ? []
      : [`${grouped(tally.count)} of ${grouped(counts.lines)} lines ${what} (${tally.places('line')})`];
  const lasted =
    longestUs === null
      ? `${bound.duration?.name} is how long they took`
      : `the log has no durations: each is taken to have lasted ${formatDuration(longestUs)} at most` +
        `${read.isLongestSaid ? '' : ' (say "longest" when some last longer)'}`;
  return [
    `times count from ${isoText(firstUs)}`,
    `${rule.field}, in steps of ${formatDuration(grainUs)}, is the ${rule.isStart ? 'start' : 'end'} of requests; ${lasted}; ` +
      'every interval is widened by what that leaves open',
    'what was used of a limit before the log begins is not known: its first throttles are unsure',
    ...lines(counts.other, 'are of no class that the map names, and were left out'),
    ...lines(
      counts.otherWay,
      'ask for paths of the map by methods that it does not name, and were left out: the limits may have counted them, so no ' +
        'throttle can be called wrongful',
    ),
    ...lines(counts.leftOut, 'are of requests that the limiter was not asked about, and were left out'),
    ...(counts.unreadable === 0
      ? []
      : [
          `of ${grouped(counts.lines)} lines ${counts.unreadableText} were left out: each may have been admitted, so no throttle can ` +
            'be called wrongful',
        ]),
    ...lines(
      counts.late,
      `came more than ${formatDuration(map.windowUs)} behind others: they count as ended when the order had come to them`,
    ),
    ...(map.actors.length === 0
      ? ['nobody is labelled in the map: all callers are one population, taken for honest']
      : []),
  ];
}

/** ISO 8601 with microseconds, in UTC. */
function isoText(us: number): string {
  const seconds = new Date(Math.floor(us / 1000)).toISOString().slice(0, -1);
  return `${seconds}${String(us % 1000).padStart(3, '0')}Z`;
}
