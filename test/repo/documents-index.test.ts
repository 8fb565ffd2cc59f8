/** What the documents say of the code's files, of the page and of each other. */
import { describe, expect, test } from 'vitest';
import { housePaths, houseTexts } from './house-files.js';

const textOf = (path: string): string => houseTexts((other) => other === path)[0]?.text ?? '';

describe('docs/README.md', () => {
  const index = textOf('docs/README.md');
  const documents = housePaths().filter((path) => /^docs\/[\w-]+\.md$/.test(path) && path !== 'docs/README.md');

  test.each(documents)('leads to %s', (path) => {
    expect(index).toContain(`](${path.replace('docs/', '')})`);
  });

  test('is led to by README.md', () => {
    expect(textOf('README.md')).toContain('](docs/README.md)');
  });
});

describe('docs/how-to-write-an-actor.md', () => {
  const blocks = [...textOf('docs/how-to-write-an-actor.md').matchAll(/^```ts\n\/\/ (\S+)\n(.*?)^```$/gms)];

  test('shows code of several files', () => {
    expect(blocks.length).toBeGreaterThan(4);
  });

  test.each(blocks.map(([, path = '', code = '']) => [path, code]))('shows %s as it is', (path, code) => {
    expect(textOf(path)).toContain(code);
  });
});

describe('docs/how-to-read-a-report.md', () => {
  const page = textOf('docs/how-to-read-a-report.md');
  const titles = houseTexts((path) => /^harness\/web\/.*\.tsx$/.test(path)).flatMap(({ text }) =>
    [...text.matchAll(/<Section id="[^"]+" title="([^"]+)"/g)].map(([, title = '']) => title),
  );

  test('goes through every part of the page', () => {
    const headings = new Set([...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading));
    expect(titles.length).toBeGreaterThan(8);
    expect(titles.filter((title) => !headings.has(title))).toEqual([]);
  });
});

describe('pictures of the documents', () => {
  const drawings = houseTexts((path) => /^docs\/.*\.svg$/.test(path));

  test('are drawings that say what they show, fit light and dark, and ask nobody for anything', () => {
    expect(drawings.length).toBeGreaterThan(0);
    for (const { text } of drawings) {
      expect(text).toMatch(/<title id="title">.+<\/title>/);
      expect(text).toMatch(/<desc id="desc">[^<]{100,}<\/desc>/);
      expect(text).toContain('aria-labelledby="title desc"');
      expect(text).toContain('prefers-color-scheme: dark');
      expect([...text.matchAll(/(?:href|src)=|url\(|@import|<script/g)]).toEqual([]);
    }
  });

  test('are described where they are shown', () => {
    const shown = houseTexts((path) => /^docs\/.*\.md$/.test(path)).flatMap(({ text }) => [
      ...text.matchAll(/!\[([^\]]*)\]\(([\w.-]+)\)/g),
    ]);
    expect(shown.map(([, , file = '']) => `docs/${file}`)).toEqual(drawings.map(({ path }) => path));
    for (const [, words = ''] of shown) expect(words.length).toBeGreaterThan(50);
  });
});

test.each(['how-to-write-an-actor', 'how-to-write-a-signing-profile'])(
  'docs/%s.md names files that are there',
  (name) => {
    const named = [...textOf(`docs/${name}.md`).matchAll(/`((?:harness|test)\/[\w./-]+)`/g)].map(
      ([, path = '']) => path,
    );
    const paths = housePaths();
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter((path) => !paths.some((one) => one === path || one.startsWith(`${path}/`)))).toEqual([]);
  },
);
