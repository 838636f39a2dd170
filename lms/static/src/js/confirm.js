// Asks for confirmation before an action that cannot be undone: <form data-confirm="…" data-confirm-ok="Delete"
// data-confirm-stop>, hx-confirm.
import { h, on } from './dom.js';
import { _ } from './texts.js';

/** Asks in a native dialog and resolves to true or false. The first sentence becomes the heading, the rest the text. */
export function askConfirmation(question, { ok = _('Yes'), cancel = _('Cancel'), stop = false } = {}) {
  const [, title, rest] = /^(.+?[?!.])\s*(.*)$/s.exec(question) ?? [null, question, ''];
  return new Promise((resolve) => {
    const confirmButton = h(
      'button',
      { class: `btn btn-primary${stop ? ' btn-stop' : ''}`, type: 'submit', value: 'yes' },
      ok,
    );
    const cancelButton = h('button', { class: 'btn btn-line', type: 'submit', value: '', autofocus: true }, cancel);
    const dialog = h(
      'dialog',
      { class: 'ask', 'aria-labelledby': 'ask-title' },
      h(
        'form',
        { method: 'dialog' },
        h('h2', { id: 'ask-title' }, title),
        rest ? h('p', {}, rest) : null,
        h('div', { class: 'row-x' }, cancelButton, confirmButton),
      ),
    );
    dialog.addEventListener('close', () => {
      resolve(dialog.returnValue === 'yes');
      dialog.remove();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

const optionsOf = (element) => ({ ok: element.dataset.confirmOk || _('Yes'), stop: 'confirmStop' in element.dataset });

export function start() {
  let confirmedForm = null;
  // In the capture phase: no other listener may handle the submission before the person has confirmed it.
  document.addEventListener(
    'submit',
    async (event) => {
      const form = event.target;
      const source = event.submitter?.dataset.confirm ? event.submitter : form;
      if (!source.dataset?.confirm || form.hasAttribute('hx-post')) return;
      if (confirmedForm === form) {
        confirmedForm = null;
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      const { submitter } = event;
      if (await askConfirmation(source.dataset.confirm, optionsOf(source))) {
        confirmedForm = form;
        form.requestSubmit(submitter);
      }
    },
    true,
  );
  document.addEventListener('htmx:confirm', async (event) => {
    const element = event.detail.elt;
    const question = event.detail.question || element.dataset.confirm;
    if (!question) return;
    event.preventDefault();
    if (await askConfirmation(question, optionsOf(element))) event.detail.issueRequest(true);
  });
  on('click', 'a[data-confirm]', async (event, link) => {
    event.preventDefault();
    if (await askConfirmation(link.dataset.confirm, optionsOf(link))) window.location.assign(link.href);
  });
}
