/** The honest identities that the run hurt most. */
import type { HitIdentity } from '../report/page-data.js';
import { formatCount, formatRatio } from '../report/quantity.js';
import { Name } from './name.js';
import { ScrollingTable } from './scrolling-table.js';
import { Section } from './section.js';

/** @param hit - undefined = of a version that did not tell it. */
export function HardestHit({ hit }: { hit: readonly HitIdentity[] | undefined }) {
  return (
    <Section id="hardest-hit" title="Hardest hit honest identities">
      {hit === undefined && <p>The verdict of this run does not tell them.</p>}
      {hit?.length === 0 && <p>No honest identity was blocked against the policy.</p>}
      {hit !== undefined && hit.length > 0 && (
        <ScrollingTable name="Hardest hit honest identities">
          <thead>
            <tr>
              <th scope="col">identity</th>
              <th scope="col">account</th>
              <th scope="col">address</th>
              <th scope="col" class="number">
                answered
              </th>
              <th scope="col" class="number">
                falsely blocked
              </th>
              <th scope="col" class="number">
                share
              </th>
              <th scope="col" class="number">
                can't be told
              </th>
            </tr>
          </thead>
          <tbody>
            {hit.map((row) => (
              <tr key={`${row.actor} ${row.identity}`}>
                <th scope="row">
                  <Name text={row.actor} /> #{row.identity}
                </th>
                <td>
                  <Name text={row.account} />
                </td>
                <td>
                  <Name text={row.ip} />
                </td>
                <td class="number">{formatCount(row.answered)}</td>
                <td class="number">{formatCount(row.falseBlocks)}</td>
                <td class="number">{row.answered === 0 ? '-' : formatRatio(row.falseBlocks / row.answered)}</td>
                <td class="number">{formatCount(row.unsureBlocks)}</td>
              </tr>
            ))}
          </tbody>
        </ScrollingTable>
      )}
    </Section>
  );
}
