// Helpers shared by all modules.

export const find = (selector, within = document) => within.querySelector(selector);
export const findAll = (selector, within = document) => [...within.querySelectorAll(selector)];
export const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? '';
/** The language of the page: ru or en. */
export const lang = document.documentElement.lang === 'en' ? 'en' : 'ru';
/** Id of the person logged in, or an empty string; data on the device are kept per person. */
export const user = () => document.body.dataset.user ?? '';

/** Handles events of all matching elements, present and future, by a listener on the document. */
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

/** Runs once for every matching element, those added later by htmx included. */
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

/** Returns an icon of the sprite; write the name as a literal, because the build collects it. */
export function icon(name, className = '') {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', `i ${className}`.trim());
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `${meta('icons')}#${name}`);
  svg.append(use);
  return svg;
}

/** Delays the call until the burst of calls has ended. */
export function settle(call, pause = 300) {
  let timer;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => call(...args), pause);
  };
}
