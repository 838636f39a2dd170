// A page inside a platform's frame: its height, and links that must open outside the frame.
import { find } from './dom.js';

const html = document.documentElement;
const framed = window.parent !== window;
const prefix = html.dataset.prefix;

/** Origins of the embedding platform: told by the browser, else those named by the launch. */
export function above(origins = html.dataset.origins ?? '') {
  const named = origins.split(' ').filter(Boolean);
  const known = window.location.ancestorOrigins;
  return known ? named.filter((origin) => origin === known[0]) : named;
}

/** Tells the platform how high the page is, so that it need not scroll twice (Canvas, Moodle and others listen). */
function tellHeight() {
  let told = 0;
  const tell = () => {
    const height = Math.ceil(html.getBoundingClientRect().height);
    if (height === told) return;
    told = height;
    for (const origin of above()) window.parent.postMessage({ subject: 'lti.frameResize', height }, origin);
  };
  new ResizeObserver(tell).observe(html);
  tell();
}

const isOurs = (url) => url.origin === window.location.origin && url.pathname.startsWith(`${prefix}/`);

/** In a frame: links outside this launch open in a new window; links of the launch stay, because only the frame is logged in
    ([data-window]: its address logs the window in). */
function aim(element, address) {
  if (!/^https?:/.test(address) || ['_top', '_parent'].includes(element.target) || 'window' in element.dataset) return;
  if (isOurs(new URL(address))) {
    if (element.target === '_blank') element.removeAttribute('target');
  } else {
    element.target = '_blank';
    element.rel = 'noopener';
  }
}

/** [data-outside]: a link of ours that redirects elsewhere. A new window would not be logged in, so the redirect is followed here. */
function passOn(link, address) {
  fetch(link.href, { credentials: 'same-origin', redirect: 'manual', keepalive: true }).catch(() => {});
  const { href } = link;
  link.href = address;
  aim(link, address);
  setTimeout(() => {
    link.href = href;
  });
}

function links() {
  document.addEventListener(
    'click',
    (event) => {
      const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
      if (!link) return;
      const outside = link.closest('[data-outside]')?.dataset.outside;
      if (outside) passOn(link, outside);
      else aim(link, link.href);
    },
    true,
  );
}

const HIGH = 1200; // CSS pixels; a higher frame does not fit on a screen

/** Places dialogs and toasts where the person clicked: the middle and bottom of a high frame may be off the screen. */
function nearby() {
  document.addEventListener(
    'click',
    ({ target }) => {
      if (!(target instanceof Element)) return;
      html.classList.toggle('is-high', html.clientHeight >= HIGH);
      html.style.setProperty('--clicked', `${Math.round(target.getBoundingClientRect().top)}px`);
    },
    true,
  );
}

export function start() {
  if (!framed) return;
  links();
  nearby();
  if (find('main')) tellHeight();
}
