/** What each actor sent and what came of it while nothing is judged yet, out of the series. */
import type { ActorSeries, RefusalReason, SeriesDocument } from '../report/page-data.js';
import { formatCount } from '../report/quantity.js';
import { sumOf } from './bins.js';
import { Name } from './name.js';
import { ScrollingTable } from './scrolling-table.js';
import { Section } from './section.js';
import { withWarmup } from './timeline.js';

const columns: readonly { readonly title: string; readonly reasons: readonly RefusalReason[] }[] = [
  { title: 'throttled', reasons: ['throttled', 'never'] },
  { title: 'refused', reasons: ['refused', 'denied'] },
  { title: 'banned', reasons: ['banned'] },
  { title: 'errors', reasons: ['errors'] },
  { title: 'unclear', reasons: ['unclear'] },
];

const countOf = ({ refusals }: ActorSeries, reasons: readonly RefusalReason[]): number =>
  reasons.reduce((sum, reason) => sum + sumOf(refusals[reason] ?? []), 0);

export function ActorsSoFar({ series }: { series: SeriesDocument }) {
  return (
    <Section id="actors" title="Actors">
      <ScrollingTable name="Actors" wide>
        <caption>As far as it was played{withWarmup(series)}; nothing of it is judged.</caption>
        <thead>
          <tr>
            <th scope="col">actor</th>
            <th scope="col">label</th>
            {['sent', 'admitted', ...columns.map(({ title }) => title)].map((title) => (
              <th scope="col" class="number" key={title}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {series.actors.map((actor) => (
            <tr key={actor.name}>
              <th scope="row">
                <Name text={actor.name} />
              </th>
              <td>
                <span class={`label ${actor.label}`}>{actor.label}</span>
              </td>
              <td class="number">{formatCount(sumOf(actor.sent))}</td>
              <td class="number">{formatCount(sumOf(actor.admitted))}</td>
              {columns.map(({ title, reasons }) => (
                <td class="number" key={title}>
                  {formatCount(countOf(actor, reasons))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </ScrollingTable>
    </Section>
  );
}
