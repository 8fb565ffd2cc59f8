/** The requests that show something. */
import type { EvidenceRequest } from '../report/page-data.js';
import { formatMoment } from '../report/quantity.js';
import { Name } from './name.js';
import { ScrollingTable } from './scrolling-table.js';

type Row = Partial<EvidenceRequest> & Pick<EvidenceRequest, 'sentMs' | 'answeredMs' | 'actor' | 'requestClass'>;

const momentOr = (ms: number | null | undefined, none: string): string =>
  ms === null || ms === undefined ? none : formatMoment(ms);

/** Columns that no request has a value for, as leaks have none of intended times, are left out. */
export function RequestTable({ requests, name, more }: { requests: readonly Row[]; name: string; more?: string }) {
  const tells = (read: (row: Row) => unknown): boolean => requests.some((row) => (read(row) ?? null) !== null);
  const columns = {
    intended: tells((row) => row.intendedMs),
    outcome: tells((row) => row.outcome),
    limit: tells((row) => row.limit),
  };
  return (
    <ScrollingTable name={name} tall>
      <caption>
        <Name text={name} />
        {more}
      </caption>
      <thead>
        <tr>
          {columns.intended && (
            <th scope="col" class="number">
              intended
            </th>
          )}
          <th scope="col" class="number">
            sent
          </th>
          <th scope="col" class="number">
            answered
          </th>
          <th scope="col">actor</th>
          <th scope="col">request</th>
          {columns.outcome && <th scope="col">outcome</th>}
          {columns.limit && <th scope="col">limit</th>}
        </tr>
      </thead>
      <tbody>
        {requests.map((row, index) => (
          <tr key={index}>
            {columns.intended && <td class="number">{momentOr(row.intendedMs, '-')}</td>}
            <td class="number">{momentOr(row.sentMs, 'never')}</td>
            <td class="number">{momentOr(row.answeredMs, 'never')}</td>
            <td>
              <Name text={row.actor} />
              {row.identity !== undefined && ` #${row.identity}`}
            </td>
            <td>
              <Name text={row.requestClass} />
            </td>
            {columns.outcome && (
              <td>
                <Name text={row.outcome ?? '-'} />
              </td>
            )}
            {columns.limit && (
              <td>
                <Name text={row.limit ?? '-'} />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </ScrollingTable>
  );
}
