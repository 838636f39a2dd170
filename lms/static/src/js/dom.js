// Small tools that every module shares.

export const find = (selector, within = document) => within.querySelector(selector);
export const findAll = (selector, within = document) => [...within.querySelectorAll(selector)];
export const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? '';
/** The language of the page: ru or en. */
export const lang = document.documentElement.lang === 'en' ? 'en' : 'ru';
/** Who is logged in, or an empty string: what is kept on the device is kept for one person. */
export const user = () => document.body.dataset.user ?? '';

/** Listens on the document for events of elements that match, now or later. Returns nothing. */
export function on(type, selector, handle, options) {
  document.addEventListener(
    type,
    (event) => {
      const element = event.target instanceof Element ? event.target.closest(selector) : null;
      if (element) handle(event, element);
    },
    options,
  );
}

/** Runs once for every matching element: those in the page now, and those that htmx puts in later. */
export function each(selector, start) {
  const seen = new WeakSet();
  const once = (element) => {
    if (seen.has(element)) return;
    seen.add(element);
    start(element);
  };
  const run = (root) => {
    if (root instanceof Element && root.matches(selector)) once(root);
    findAll(selector, root).forEach(once);
  };
  run(document);
  document.addEventListener('htmx:load', (event) => run(event.detail.elt));
}

/** An element: h('p', {class: 'sub'}, 'text', child). Text is never read as HTML. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

/** The sprite's icon; write the name as a plain word, the build collects it. */
export function icon(name, className = '') {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', `i ${className}`.trim());
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `${meta('icons')}#${name}`);
  svg.append(use);
  return svg;
}

/** Calls after the last of a burst of calls. */
export function settle(call, pause = 300) {
  let timer;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => call(...args), pause);
  };
}
