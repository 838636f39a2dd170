// Tabler's style sheet, only the parts in theme/tabler.scss, made fit for the browsers we promise (Chrome 109).
import { join } from 'node:path';
import * as sass from 'sass';

/** The text between an opening bracket at `start` and its closing one, split at the top-level commas. */
function args(css, start) {
  const parts = [];
  let depth = 0;
  let from = start + 1;
  for (let at = start; at < css.length; at += 1) {
    if (css[at] === '(') depth += 1;
    if (css[at] === ')') depth -= 1;
    if (depth === 1 && css[at] === ',') {
      parts.push(css.slice(from, at));
      from = at + 1;
    }
    if (depth === 0) {
      parts.push(css.slice(from, at));
      return { parts: parts.map((part) => part.trim()), end: at + 1 };
    }
  }
  throw new Error('A bracket in the style sheet is never closed.');
}

/** Replaces every call of a CSS function, the innermost last, by what `turn` makes of its arguments. */
function replaceCalls(css, name, turn) {
  let out = css;
  for (let at = out.lastIndexOf(`${name}(`); at >= 0; at = at > 0 ? out.lastIndexOf(`${name}(`, at - 1) : -1) {
    const { parts, end } = args(out, at + name.length);
    const made = turn(parts);
    if (made !== null) out = out.slice(0, at) + made + out.slice(end);
  }
  return out;
}

/** oklch(L% C Hdeg) as #rrggbb; null when it is not made of plain numbers. */
function hex(parts) {
  const found = /^([\d.]+)(%?)\s+([\d.]+)\s+([\d.]+)(?:deg)?$/.exec(parts.join(','));
  if (!found) return null;
  const l = Number(found[1]) / (found[2] ? 100 : 1);
  const angle = (Number(found[4]) * Math.PI) / 180;
  const a = Number(found[3]) * Math.cos(angle);
  const b = Number(found[3]) * Math.sin(angle);
  const [x, y, z] = [
    l + 0.3963377774 * a + 0.2158037573 * b,
    l - 0.1055613458 * a - 0.0638541728 * b,
    l - 0.0894841775 * a - 1.291485548 * b,
  ].map((v) => v ** 3);
  const rgb = [
    4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z,
    -1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z,
    -0.0041960863 * x - 0.7034186147 * y + 1.707614701 * z,
  ];
  const channel = (v) => {
    const clipped = Math.min(1, Math.max(0, v));
    const gamma = clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055;
    return Math.round(gamma * 255)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${rgb.map(channel).join('')}`;
}

/** Drops the rules of the dark theme: there is none here. */
function withoutDark(css) {
  return css.replace(
    /(^|[}{;])([^{}@;]*(?:theme-dark|data-bs-theme=dark|data-bs-theme="dark"|data-theme=dark)[^{}]*)\{[^{}]*\}/g,
    (whole, before, selector) => {
      const kept = selector.split(',').filter((part) => !/dark/.test(part));
      return kept.length ? before + kept.join(',') + whole.slice(before.length + selector.length) : before;
    },
  );
}

export function tablerCss(root, src) {
  const { css } = sass.compile(join(src, 'theme/tabler.scss'), {
    loadPaths: [join(root, 'node_modules')],
    style: 'compressed',
    quietDeps: true,
    charset: false,
  });
  let out = replaceCalls(css, 'light-dark', (parts) => parts[0]);
  out = replaceCalls(out, 'oklch', hex);
  out = withoutDark(out);
  return out.replace(/(?<![\w-])--(?=[a-z])/g, '--tblr-');
}
