// Builds the sprite of the icons in use. A name is found where it is written as a literal:
// - in calls of the macros and functions below, at the place of the icon:  button(url, _('Open'), 'eye')
// - as a keyword or a key:  icon="flag", icon_name='flag', {'icon': 'flag'}
// A call with a choice in it ('check' if done else 'minus') gives those of its words that are icons.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Which argument is the icon. */
const CALLS = {
  icon: 0,
  state: 2,
  chip: 2,
  state_icon: 1,
  button: 2,
  primary: 3,
  post_button: 3,
  next_step: 2,
  notice: 2,
  menu: 2,
  empty_state: 4,
  actions: 3,
};
const CALL = new RegExp(String.raw`(?<![\w.])(${Object.keys(CALLS).join('|')})\(`, 'g');
const KEYS = [
  /\bicon(?:_name)?["']?\s*[=:]\s*["']([a-z0-9-]+)["']/g,
  /icons\.svg#([a-z0-9-]+)/g,
  /icon_href\s*\}\}#([a-z0-9-]+)/g,
];
const SKIP = new Set(['node_modules', 'dist', 'translations', 'migrations', '__pycache__', 'build']);

function* files(folder) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (SKIP.has(entry.name) || entry.name.startsWith('.') || entry.name.startsWith('dist.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else if (/\.(html|js|py)$/.test(entry.name)) yield path;
  }
}

/** The arguments of the call whose opening bracket is at `open`, as they are written. */
function args(text, open) {
  const found = [];
  let depth = 0;
  let quote = '';
  let from = open + 1;
  for (let at = open; at < text.length; at += 1) {
    const c = text[at];
    if (quote) {
      if (c === '\\') at += 1;
      else if (c === quote) quote = '';
      continue;
    }
    if (c === '"' || c === "'" || c === '`') quote = c;
    else if ('([{'.includes(c)) depth += 1;
    else if (')]}'.includes(c)) depth -= 1;
    if (depth === 1 && c === ',') {
      found.push(text.slice(from, at).trim());
      from = at + 1;
    }
    if (depth === 0) {
      found.push(text.slice(from, at).trim());
      return found;
    }
  }
  return [];
}

const path = (root, name) => join(root, 'node_modules/@tabler/icons/icons/outline', `${name}.svg`);

/** [name, whether it must be an icon], for every place where an icon is named. */
function* named(text) {
  for (const pattern of KEYS) for (const [, name] of text.matchAll(pattern)) yield [name, true];
  for (const found of text.matchAll(CALL)) {
    const given = args(text, found.index + found[0].length - 1)[CALLS[found[1]]] ?? '';
    const word = /^["']([a-z0-9-]+)["']$/.exec(given);
    if (word) yield [word[1], true];
    else if (!/^\w+\s*=[^=]/.test(given))
      for (const [, name] of given.matchAll(/["']([a-z0-9-]+)["']/g)) yield [name, false];
  }
}

/** The names in use, and where an unknown one stands. */
export function findIcons(root) {
  const names = new Set();
  const unknown = new Set();
  for (const folder of ['templates', 'lms', 'courses', 'assessment']) {
    for (const file of files(join(root, folder))) {
      const text = readFileSync(file, 'utf8').replace(/\{#[\s\S]*?#\}/g, '');
      for (const [name, surely] of named(text)) {
        if (names.has(name)) continue;
        if (existsSync(path(root, name))) names.add(name);
        else if (surely) unknown.add(`${name} in ${relative(root, file)}`);
      }
    }
  }
  return { names: [...names].sort(), unknown: [...unknown].sort() };
}

export function sprite(root, names) {
  const symbols = names.map((name) => {
    const svg = readFileSync(path(root, name), 'utf8');
    const inner = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'));
    const shapes = inner.replace(/<path stroke="none"[^>]*\/>/g, '').replace(/\s*\n\s*/g, '');
    return `<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>\n`;
}
