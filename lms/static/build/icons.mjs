// The sprite: only the icons that somebody names.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

const PATTERNS = [
  /\bicon(?:_name)?\s*[(=]\s*['"]([a-z0-9-]+)['"]/g, // icon('check'), icon="check"
  /['"]icon['"]\s*:\s*['"]([a-z0-9-]+)['"]/g, // {'icon': 'check'}
  /\bicon\s*:\s*['"]([a-z0-9-]+)['"]/g, // { icon: 'check' }
  /icons\.svg#([a-z0-9-]+)/g,
  /icon_href\s*\}\}#([a-z0-9-]+)/g,
  /\bdata-icon="([a-z0-9-]+)"/g,
  /\bstate\(\s*['"][a-z]+['"]\s*,[^()]*(?:\([^()]*\))?[^()]*,\s*['"]([a-z0-9-]+)['"]/g, // state('ok', _('done'), 'check')
];
const SKIP = new Set(['node_modules', 'dist', 'translations', 'migrations', '__pycache__', 'build']);

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (SKIP.has(entry.name) || entry.name.startsWith('.') || entry.name.startsWith('dist.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else if (/\.(html|js|py|jinja)$/.test(entry.name)) yield path;
  }
}

const path = (root, name) => join(root, 'node_modules/@tabler/icons/icons/outline', `${name}.svg`);

/** The names in use and where an unknown one stands. */
export function findIcons(root) {
  const names = new Set();
  const unknown = [];
  for (const folder of ['templates', 'lms', 'courses', 'assessment']) {
    for (const file of files(join(root, folder))) {
      const text = readFileSync(file, 'utf8');
      for (const pattern of PATTERNS) {
        for (const [, name] of text.matchAll(pattern)) {
          if (names.has(name)) continue;
          if (existsSync(path(root, name))) names.add(name);
          else unknown.push(`${name} in ${relative(root, file)}`);
        }
      }
    }
  }
  return { names: [...names].sort(), unknown };
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
