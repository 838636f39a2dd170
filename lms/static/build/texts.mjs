// Messages of scripts: English msgids in the code, the Russian from the same catalogues that the server reads.
// Only what scripts really say goes into the bundle, as the module `texts:ru`.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const QUOTED = String.raw`(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|${'`'}([^${'`'}$]*)${'`'})`;
const SINGLE = new RegExp(String.raw`(?<![\w$.])_\(\s*${QUOTED}`, 'g');
const PLURAL = new RegExp(String.raw`\bngettext\(\s*${QUOTED}\s*,\s*${QUOTED}`, 'g');
const unquote = (parts) => parts.find((part) => part !== undefined).replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c));

const withoutComments = (text) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');

function* scripts(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* scripts(path);
    else if (entry.name.endsWith('.js')) yield withoutComments(readFileSync(path, 'utf8'));
  }
}

/** Every msgid that a script says: {single: Set, plural: Set of the singular forms}. */
export function messages(src) {
  const single = new Set();
  const plural = new Set();
  for (const text of scripts(src)) {
    for (const found of text.matchAll(SINGLE)) single.add(unquote(found.slice(1, 4)));
    for (const found of text.matchAll(PLURAL)) plural.add(unquote(found.slice(1, 4)));
  }
  return { single, plural };
}

/** Reads a gettext .po file: [{id, plural, texts}]. */
export function readPo(text) {
  const entries = [];
  for (const block of text.split(/\n\s*\n/)) {
    const entry = { id: null, plural: null, texts: [], context: null };
    let put = null;
    for (const line of block.split('\n')) {
      const found = /^(msgctxt|msgid_plural|msgid|msgstr)(?:\[(\d)\])?\s+"(.*)"\s*$/.exec(line);
      const more = /^"(.*)"\s*$/.exec(line);
      if (found) {
        const [, key, index] = found;
        if (key === 'msgstr')
          put = (s) => {
            const at = Number(index ?? 0);
            entry.texts[at] = (entry.texts[at] ?? '') + s;
          };
        else {
          const field = { msgid: 'id', msgid_plural: 'plural', msgctxt: 'context' }[key];
          put = (s) => {
            entry[field] = (entry[field] ?? '') + s;
          };
        }
        put(JSON.parse(`"${found[3]}"`));
      } else if (more && put) put(JSON.parse(`"${more[1]}"`));
    }
    if (entry.id && !/^#,.*fuzzy/m.test(block)) entries.push(entry);
  }
  return entries;
}

/** The Russian of what scripts say (a list of forms for each msgid), and what has none yet. */
export function russian(root, src) {
  const { single, plural } = messages(src);
  const folder = join(root, 'lms/translations/ru');
  const found = {};
  for (const name of existsSync(folder)
    ? readdirSync(folder)
        .filter((n) => n.endsWith('.po'))
        .sort()
    : []) {
    for (const { id, plural: many, texts, context } of readPo(readFileSync(join(folder, name), 'utf8'))) {
      if (context) continue;
      if (texts[0] && (many ? plural : single).has(id)) found[id] = texts;
    }
  }
  return { texts: found, missing: [...single, ...plural].filter((id) => !(id in found)) };
}

export const textsPlugin = (root, src) => ({
  name: 'texts',
  setup(build) {
    build.onResolve({ filter: /^texts:ru$/ }, () => ({ path: 'ru', namespace: 'texts' }));
    build.onLoad({ filter: /.*/, namespace: 'texts' }, () => {
      const { texts, missing } = russian(root, src);
      if (missing.length)
        console.warn(`Scripts say this, and no catalogue has its Russian:\n  ${missing.join('\n  ')}`);
      return { contents: JSON.stringify(texts), loader: 'json' };
    });
  },
});
