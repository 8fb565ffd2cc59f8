import { describe, expect, it } from 'vitest';
import { figuresPage, figureText, isReached, type PageFigure } from '../../../../harness/bench/page/figures.js';

function figure(below: number | null, median: number): PageFigure {
  return { name: 'a thing', unit: 'ms', below, spread: { median, min: median - 1, max: median + 1 } };
}

describe('what is wanted of the page', () => {
  it.each([
    { below: 10, median: 9, reached: true, because: 'it is below' },
    { below: 10, median: 10, reached: false, because: 'what is to stay below does not when it is equal' },
    { below: 10, median: 11, reached: false, because: 'it is above' },
    { below: null, median: 11, reached: null, because: 'nothing is wanted of it' },
  ])('is judged by the median: $because', ({ below, median, reached }) => {
    expect(isReached(figure(below, median))).toBe(reached);
  });

  it('is told beside what was measured', () => {
    expect(figureText(figure(10, 9))).toBe('a thing: 9 (8 to 10) ms; wanted below 10 ms: reached');
    expect(figureText(figure(10, 12))).toBe('a thing: 12 (11 to 13) ms; wanted below 10 ms: MISSED');
    expect(figureText(figure(null, 12))).toBe('a thing: 12 (11 to 13) ms; wanted -');
  });

  it('makes a page with machine, doubt, a row for each figure, and what was not measured', () => {
    const head = { measuredOn: 'some machine', doubt: 'it was busy', rows: 10_000_000, absent: ['no browser'] };
    const page = figuresPage([figure(10, 12)], head);
    expect(page).toContain('a run of 10,000,000 requests');
    expect(page).toContain('\nsome machine\n');
    expect(page).toContain('\nWarning: it was busy.\n');
    expect(page).toContain('\n| a thing | 12 (11 to 13) ms | below 10 ms: MISSED |\n');
    expect(page).toMatch(/\nno browser\n$/);
    expect(figuresPage([], { ...head, doubt: '' })).not.toContain('Warning');
  });
});
