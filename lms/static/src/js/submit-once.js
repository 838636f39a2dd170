// <form data-once>: ignores a second click while the first request runs; the button shows it.
import { findAll, icon } from './dom.js';

function release(form) {
  delete form.dataset.sending;
  for (const button of [...form.elements].filter((each) => each.classList.contains('is-busy'))) {
    button.classList.remove('is-busy');
    button.removeAttribute('aria-disabled');
    button.querySelector('.once-spin')?.remove();
  }
}

function hold(form, submitter) {
  form.dataset.sending = 'yes';
  const button = submitter ?? form.querySelector('[type="submit"]');
  if (!button) return;
  button.classList.add('is-busy');
  button.setAttribute('aria-disabled', 'true');
  if (!button.classList.contains('btn-action')) button.prepend(icon('loader-2', 'spin once-spin'));
}

const viaHtmx = (form) => form.matches('[hx-get], [hx-post], [hx-put], [hx-patch], [hx-delete]');

export function start() {
  document.addEventListener('submit', (event) => {
    const form = event.target;
    // Scripts that send requests themselves prevent the default and handle their own buttons.
    if (!form.hasAttribute('data-once') || event.defaultPrevented || viaHtmx(form)) return;
    if (form.dataset.sending) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    hold(form, event.submitter);
    // A download does not replace the page, so the button is released after a pause.
    setTimeout(() => release(form), 20000);
  });
  document.addEventListener('htmx:beforeRequest', (event) => {
    const form = event.detail.elt;
    if (!form.matches?.('form[data-once]')) return;
    if (form.dataset.sending) event.preventDefault();
    else hold(form, event.detail.requestConfig?.triggeringEvent?.submitter);
  });
  document.addEventListener('htmx:afterRequest', (event) => {
    if (event.detail.elt.matches?.('form[data-once]')) release(event.detail.elt);
  });
  // After "back" the browser may show this page from its cache, with the button still disabled.
  window.addEventListener('pageshow', () => findAll('form[data-once]').forEach(release));
}
