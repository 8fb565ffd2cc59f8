/** One leak: what was admitted over its interval beside what was promised for it, and the requests. */
import { useContext, useMemo } from 'preact/hooks';
import type { LeakCourse, PageRun, VerdictDocument } from '../report/page-data.js';
import { formatCells, formatCount, formatDurationMs, formatMoment } from '../report/quantity.js';
import { visible } from '../report/text.js';
import { Chart } from './chart/chart.js';
import { excessPainter } from './chart/painters.js';
import { momentText } from './moment.js';
import { Name } from './name.js';
import { PageContext } from './page-context.js';
import { RequestTable } from './request-table.js';
import { timeAxisOf } from './time-axis.js';
import { Zoom } from './zoom.js';

interface LeakProofProps {
  readonly run: PageRun;
  readonly verdict: VerdictDocument;
  /** Into the verdict's leaks. */
  readonly index: number;
}

export function LeakProof({ run, verdict, index }: LeakProofProps) {
  const { zoom } = useContext(PageContext);
  const leak = verdict.leaks[index];
  if (leak === undefined) return null;
  const course = run.series?.leaks.find((one) => one.leak === index);
  const length = Math.max(1, leak.toMs - leak.fromMs);
  const shown = leak.requests.length;
  const more = leak.requestCount > shown ? `, the first ${shown} of ${formatCount(leak.requestCount)}` : '';
  return (
    <article class="leak" aria-labelledby={`leak-${index}`}>
      <h3 id={`leak-${index}`}>
        Limit <Name text={leak.limit} />, key <Name text={leak.key} />: at least {formatCells(leak.excessCells)} too
        many
      </h3>
      <p>
        <Name text={leak.because} />
      </p>
      <dl class="facts">
        <Fact term="certainly admitted" value={formatCells(leak.admittedCells)} />
        <Fact term="promised at most" value={formatCells(leak.boundCells)} />
        <Fact term="from" value={formatMoment(leak.fromMs)} />
        <Fact term="to" value={formatMoment(leak.toMs)} />
        <Fact term="length" value={formatDurationMs(leak.toMs - leak.fromMs)} />
        <Fact
          term="counting by answer time would say"
          value={leak.naiveExcessCells === 0 ? 'nothing' : `${formatCells(leak.naiveExcessCells)} too many`}
        />
      </dl>
      {course !== undefined && run.series !== null && <Course run={run} course={course} name={leak.limit} />}
      <button
        type="button"
        class="quiet"
        onClick={() => {
          zoom.show([leak.fromMs - length, leak.toMs + length]);
          document.getElementById('timeline')?.scrollIntoView();
        }}
      >
        Show this interval in all charts
      </button>
      {shown > 0 && <RequestTable requests={leak.requests} name="Requests of the interval" more={more} />}
    </article>
  );
}

function Fact({ term, value }: { term: string; value: string }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Course({ run, course, name }: { run: PageRun; course: LeakCourse; name: string }) {
  const chart = useMemo(() => {
    const { atMs, admittedCells, boundCells } = course;
    const from = atMs[0] ?? 0;
    const to = atMs.at(-1) ?? from;
    const margin = Math.max(0.5, (to - from) * 0.02);
    // Its own zoom, since most of the run lies outside of it.
    const axis = run.series === null ? null : timeAxisOf(run, run.series, new Zoom());
    if (axis === null) return null;
    const last = admittedCells.at(-1) ?? 0;
    const bound = boundCells.at(-1) ?? 0;
    return {
      axis: {
        ...axis,
        at: atMs,
        step: null,
        whole: [from - margin, to + margin] as const,
        cursorKey: `leak-${course.leak}`,
      },
      lines: [
        { label: 'certainly admitted', values: admittedCells, color: 'leak' as const, width: 2 },
        { label: 'promised at most', values: boundCells, color: 'bound' as const, dash: [6, 4] },
      ],
      painter: excessPainter({ values: admittedCells, bounds: boundCells, step: null }),
      summary:
        `Cells since the start of the interval: ${formatCells(last)} certainly admitted at ${momentText(to)}, ` +
        `where ${formatCells(bound)} were promised. The hatched area is the leak.`,
    };
  }, [run, course]);
  if (chart === null) return null;
  return (
    <Chart
      {...chart}
      title="Course of the leak"
      name={`Course of the leak of ${visible(name)}`}
      format={formatCells}
      tick={formatCount}
      scale="linear"
      range={null}
      height={190}
      level={4}
    />
  );
}
