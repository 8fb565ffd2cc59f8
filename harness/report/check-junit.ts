/**
 * Checked limiters as JUnit XML: a test suite for each, a test case for each invariant. One that its contract does not
 * claim is skipped, with the reason.
 */
import type { CheckFailure, CheckReport } from '../invariants/contract.js';
import { type CheckRow, checkRows } from './check-row.js';
import { element, renderXml, type XmlElement } from './xml.js';

/** @param only - the one invariant that was asked for; null: all. */
export function renderCheckJunit(reports: readonly CheckReport[], only: string | null): string {
  const suites = reports.map((report) => ({ report, rows: checkRows(report, only) }));
  const rows = suites.flatMap((suite) => suite.rows);
  return renderXml(
    element(
      'testsuites',
      { name: 'floodproof check', ...counts(rows), time: 0 },
      suites.map(({ report, rows: own }) => suiteElement(report, own)),
    ),
  );
}

function suiteElement(report: CheckReport, rows: readonly CheckRow[]): XmlElement {
  const properties = { seed: report.seed, runs: report.runs, operations: report.operations };
  return element('testsuite', { name: report.limiter, ...counts(rows), time: 0 }, [
    element(
      'properties',
      {},
      Object.entries(properties).map(([name, value]) => element('property', { name, value })),
    ),
    ...rows.map((row) => caseElement(report.limiter, row)),
  ]);
}

function caseElement(limiter: string, row: CheckRow): XmlElement {
  const attributes = { classname: limiter, name: row.invariant, time: 0 };
  if (row.result === 'pass') return element('testcase', attributes);
  if (row.result === 'skipped') {
    return element('testcase', attributes, [element('skipped', { message: row.because })]);
  }
  return element('testcase', attributes, row.failures.map(failureElement));
}

function failureElement({ message, formula, timeline, replay }: CheckFailure): XmlElement {
  const lines = [`promised: ${formula}`, ...timeline, `replay: ${replay}`];
  return element('failure', { message, type: 'broken promise' }, [lines.join('\n')]);
}

function counts(rows: readonly CheckRow[]): Readonly<Record<'tests' | 'failures' | 'errors' | 'skipped', number>> {
  return {
    tests: rows.length,
    failures: rows.filter((row) => row.result === 'fail').length,
    errors: 0,
    skipped: rows.filter((row) => row.result === 'skipped').length,
  };
}
