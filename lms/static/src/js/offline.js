// Shows a bar at the top edge while there is no connection.
import { find, h, icon } from './dom.js';
import { words } from './net.js';
import { _ } from './texts.js';
import { toast } from './toast.js';

let down = false;

function show(text) {
  const bar = find('#line');
  if (down || !bar) return;
  down = true;
  bar.replaceChildren(
    h('p', { class: 'container-xl' }, icon('wifi-off'), h('span', {}, h('b', {}, _('No connection.')), ' ', text)),
  );
  bar.hidden = false;
}

function clear() {
  if (!down) return;
  down = false;
  const bar = find('#line');
  bar.hidden = true;
  bar.replaceChildren();
  toast(_('The connection is back.'));
}

export function start() {
  const lost = () =>
    show(_('Go on working: what you type is kept on this device. Send it when the connection is back.'));
  window.addEventListener('offline', lost);
  window.addEventListener('online', clear);
  document.addEventListener('lms:offline', lost);
  document.addEventListener('lms:online', clear);
  document.addEventListener('htmx:sendError', lost);
  document.addEventListener('htmx:afterOnLoad', clear);
  document.addEventListener('htmx:responseError', (event) => toast(words(event.detail.xhr.status), 'stop'));
  document.addEventListener('htmx:timeout', () => toast(words(0), 'stop'));
  if (!navigator.onLine) lost();
}
