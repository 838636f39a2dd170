// What every page has. Feature scripts are entries of their own: pages/<name>.js, loaded by {{ page_script('<name>') }}.
import htmx from 'htmx.org';
import * as ask from './js/ask.js';
import * as embedded from './js/embedded.js';
import * as keep from './js/keep.js';
import * as line from './js/line.js';
import { token } from './js/net.js';
import * as once from './js/once.js';
import * as poll from './js/poll.js';
import * as small from './js/small.js';

window.htmx = htmx;
document.addEventListener('htmx:configRequest', (event) => {
  if (event.detail.verb !== 'get') event.detail.headers['X-CSRFToken'] = token();
});

// The order matters: a question comes before the guard, the guard before the draft is marked as sent.
for (const part of [ask, once, keep, line, poll, small]) part.start();
if (document.documentElement.classList.contains('embedded')) embedded.start();
