// <div data-poll="url">: requests again until the answer has no data-poll, with growing pauses, and not while the tab is hidden.
import { each, h } from './dom.js';
import { _ } from './texts.js';

const PAUSES = [250, 250, 250, 250, 400, 600, 800, 1000, 1000, 1500, 2000, 3000];
const LONG = 60;

async function begin(element) {
  const url = element.dataset.poll;
  for (let at = 0; ; at += 1) {
    await new Promise((resolve) => {
      setTimeout(resolve, PAUSES[Math.min(at, PAUSES.length - 1)]);
    });
    if (!element.isConnected) return;
    if (document.hidden) {
      at -= 1;
      continue;
    }
    if (at === LONG)
      element.append(
        h('p', { class: 'sub' }, _('This takes longer than usual. You may leave the page: the result will be here.')),
      );
    const fresh = await ask(url);
    if (!fresh) continue;
    if (fresh === 'reload') {
      window.location.reload();
      return;
    }
    if (!fresh.dataset.poll) {
      put(element, fresh);
      return;
    }
    if (fresh.textContent.trim() !== element.textContent.trim() && at < LONG)
      element.replaceChildren(...fresh.cloneNode(true).childNodes);
  }
}

async function ask(url) {
  try {
    const answer = await fetch(url, {
      headers: { 'HX-Request': 'true', 'X-Requested-With': 'fetch' },
      credentials: 'same-origin',
    });
    if (answer.status === 401 || answer.status === 403 || answer.status === 404 || answer.redirected) return 'reload';
    if (!answer.ok || answer.status === 204) return null;
    const box = new DOMParser().parseFromString(await answer.text(), 'text/html');
    return box.body.firstElementChild;
  } catch {
    return null; // no connection: ask again later
  }
}

function put(element, fresh) {
  const made = document.importNode(fresh, true);
  element.replaceWith(made);
  window.htmx?.process(made);
  document.dispatchEvent(new CustomEvent('htmx:load', { detail: { elt: made } }));
  document.dispatchEvent(new CustomEvent('lms:polled', { detail: made }));
}

export const start = () => each('[data-poll]', (element) => begin(element));
