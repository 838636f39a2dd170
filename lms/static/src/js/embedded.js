// A page inside a platform's frame: its height, and links that do not belong into the frame.
import { find } from './dom.js';

const html = document.documentElement;
const framed = window.parent !== window;
const prefix = html.dataset.prefix;

/** The platform's origins that really are above us: the browser may tell, else those that the launch named. */
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

/** In a frame: what is not of this launch opens in a new window; what is stays here, for only here is it logged in
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

/** [data-outside]: a link of ours that only passes on. The new window would not be logged in, so both are done here. */
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

const HIGH = 1200; // a frame that is higher is not seen whole

/** Dialogs and passing messages appear where the person clicked: a high frame's middle and bottom may be off the screen. */
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
