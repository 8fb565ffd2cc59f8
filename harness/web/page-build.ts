/** Builds the page into one file, `dist/web/page.html`, that asks nothing of anywhere. */
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * What the page may load and run: its own script and style, told by their hashes, and events from where it came from. So
 * nothing that stands in the data of a run can be run, even if it ever reached the document as markup.
 */
function contentPolicy(): Plugin {
  const hashes = (html: string, block: RegExp): string =>
    [...html.matchAll(block)]
      .map(([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`)
      .join(' ');
  return {
    name: 'content-policy',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        for (const file of Object.values(bundle)) {
          if (file.type !== 'asset' || !file.fileName.endsWith('.html')) continue;
          const html = String(file.source);
          const rules = [
            "default-src 'none'",
            `script-src ${hashes(html, /<script type="module"[^>]*>([\s\S]*?)<\/script>/g)}`,
            `style-src ${hashes(html, /<style[^>]*>([\s\S]*?)<\/style>/g)}`,
            "connect-src 'self'",
            'img-src data:',
            "base-uri 'none'",
            "form-action 'none'",
          ];
          // A function, since a replacement text would read the dollars in it.
          file.source = html.replace(
            '<meta charset="utf-8" />',
            (meta) => `${meta}\n    <meta http-equiv="Content-Security-Policy" content="${rules.join('; ')}" />`,
          );
        }
      },
    },
  };
}

export default defineConfig({
  root: folder('.'),
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [viteSingleFile({ removeViteModuleLoader: true }), contentPolicy()],
  build: {
    outDir: folder('../../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    rolldownOptions: { input: folder('./page.html') },
  },
});
