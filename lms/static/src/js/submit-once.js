// <form data-once>: a second click while the first is on its way does nothing, and the button says so.
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
    // Scripts that send by themselves prevent the default and look after their own buttons.
    if (!form.hasAttribute('data-once') || event.defaultPrevented || viaHtmx(form)) return;
    if (form.dataset.sending) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    hold(form, event.submitter);
    // A download leaves the page as it is: nobody should wait for ever.
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
  // Back from the next page: the browser may show this one as it was left, with the button held.
  window.addEventListener('pageshow', () => findAll('form[data-once]').forEach(release));
}
