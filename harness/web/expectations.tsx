/** Each expectation, wanted and measured; one that did not hold opens to what shows it. */
import { useContext, useId, useState } from 'preact/hooks';
import type { ExpectationResult, PageRun, VerdictDocument } from '../report/page-data.js';
import { formatInterval, formatMeasured } from '../report/quantity.js';
import { isJudged } from '../report/verdict-word.js';
import { LeakProof } from './leak-proof.js';
import { leaksBehind } from './leaks-behind.js';
import { Name } from './name.js';
import { PageContext } from './page-context.js';
import { RequestTable } from './request-table.js';
import { ScrollingTable } from './scrolling-table.js';
import { Section } from './section.js';
import { Mark } from './verdict-mark.js';

const COLUMNS = 5;

export function Expectations({ run, verdict }: { run: PageRun; verdict: VerdictDocument }) {
  const { expectations } = verdict;
  const firstFailed = expectations.findIndex(({ pass }) => pass === false);
  const shares = leaksBehind(verdict);
  const named = new Set(shares.flat());
  const nameless = verdict.leaks.flatMap((_, index) => (named.has(index) ? [] : [index]));
  return (
    <Section id="expectations" title="Expectations">
      {expectations.length === 0 ? (
        <p>No expectation was written for this scenario.</p>
      ) : (
        <ScrollingTable name="Expectations" wide stacks>
          <thead>
            <tr>
              <th scope="col">result</th>
              <th scope="col">expectation</th>
              <th scope="col">wanted</th>
              <th scope="col">measured</th>
              <th scope="col">95 % interval</th>
            </tr>
          </thead>
          <tbody>
            {expectations.map((expectation, index) => (
              <Expectation
                key={`${index} ${expectation.text}`}
                run={run}
                verdict={verdict}
                expectation={expectation}
                leaks={shares[index] ?? []}
                opened={index === firstFailed}
              />
            ))}
          </tbody>
        </ScrollingTable>
      )}
      {nameless.length > 0 && (
        <>
          <h3>Leaks that no failed expectation names</h3>
          {nameless.map((index) => (
            <LeakProof key={index} run={run} verdict={verdict} index={index} />
          ))}
        </>
      )}
    </Section>
  );
}

interface ExpectationProps {
  readonly run: PageRun;
  readonly verdict: VerdictDocument;
  readonly expectation: ExpectationResult;
  /** Indexes of the leaks that belong to it. */
  readonly leaks: readonly number[];
  readonly opened: boolean;
}

function Expectation({ run, verdict, expectation, leaks, opened }: ExpectationProps) {
  const { printing } = useContext(PageContext);
  const id = useId();
  const [open, setOpen] = useState(opened);
  const { text, wanted, measured, interval, unit, pass, evidence, requests = [] } = expectation;
  const shows = pass !== true && (evidence.length > 0 || requests.length > 0 || leaks.length > 0);
  const shown = shows && (open || printing);
  return (
    <>
      <tr class={pass === false && isJudged(verdict.verdict) ? 'failed' : ''}>
        <td>
          <ResultMark pass={pass} judged={isJudged(verdict.verdict)} />
        </td>
        <th scope="row">
          {shows ? (
            <button type="button" class="opens" aria-expanded={shown} aria-controls={id} onClick={() => setOpen(!open)}>
              <Name text={text} />
            </button>
          ) : (
            <Name text={text} />
          )}
        </th>
        <td data-name="wanted">
          <Name text={wanted} />
        </td>
        <td data-name="measured">
          <Name text={formatMeasured(measured, unit)} />
        </td>
        <td data-name="95 % interval">{formatInterval(interval, unit) || '-'}</td>
      </tr>
      <tr id={id} class="evidence" hidden={!shown}>
        <td colSpan={COLUMNS}>
          {shown && (
            <>
              <ul class="sentences">
                {evidence.map((sentence, index) => (
                  <li key={`${index}`}>
                    <Name text={sentence} />
                  </li>
                ))}
              </ul>
              {requests.length > 0 && <RequestTable requests={requests} name={`Requests behind: ${text}`} />}
              {leaks.map((index) => (
                <LeakProof key={index} run={run} verdict={verdict} index={index} />
              ))}
            </>
          )}
        </td>
      </tr>
    </>
  );
}

/** In brackets where the run judges nothing. */
function ResultMark({ pass, judged }: { pass: boolean | null; judged: boolean }) {
  const word = pass === null ? 'UNDECIDED' : pass ? 'pass' : 'FAIL';
  if (!judged) return <Mark tone="unsure" word={`(${word})`} />;
  return <Mark tone={pass === null ? 'unsure' : pass ? 'good' : 'bad'} word={word} />;
}
