// The script of every page. Feature scripts are entries of their own: pages/<name>.js, loaded by {{ page_script('<name>') }}.
import htmx from 'htmx.org';
import * as confirm from './js/confirm.js';
import * as drafts from './js/drafts.js';
import * as embedded from './js/embedded.js';
import { token } from './js/net.js';
import * as offline from './js/offline.js';
import * as poll from './js/poll.js';
import * as submitOnce from './js/submit-once.js';
import * as ui from './js/ui.js';

window.htmx = htmx;
document.addEventListener('htmx:configRequest', (event) => {
  if (event.detail.verb !== 'get') event.detail.headers['X-CSRFToken'] = token();
});

// The order matters: confirmation first, then the guard against double submission, then marking the draft as sent.
for (const part of [confirm, submitOnce, drafts, offline, poll, ui]) part.start();
if (document.documentElement.classList.contains('embedded')) embedded.start();
