// Questions before a deed that cannot be undone: <form data-confirm="…" data-confirm-ok="Delete" data-confirm-stop>, hx-confirm.
import { h, on } from './dom.js';
import { _ } from './texts.js';

/** Asks in a native dialog; resolves to true or false. The first sentence is the heading, the rest stands under it. */
export function ask(question, { ok = _('Yes'), cancel = _('Cancel'), stop = false } = {}) {
  const [, title, rest] = /^(.+?[?!.])\s*(.*)$/s.exec(question) ?? [null, question, ''];
  return new Promise((resolve) => {
    const yes = h('button', { class: `btn btn-primary${stop ? ' btn-stop' : ''}`, type: 'submit', value: 'yes' }, ok);
    const no = h('button', { class: 'btn btn-line', type: 'submit', value: '', autofocus: true }, cancel);
    const dialog = h('dialog', { class: 'ask', 'aria-labelledby': 'ask-title' },
      h('form', { method: 'dialog' }, h('h2', { id: 'ask-title' }, title), rest ? h('p', {}, rest) : null, h('div', { class: 'row-x' }, no, yes)));
    dialog.addEventListener('close', () => { resolve(dialog.returnValue === 'yes'); dialog.remove(); });
    document.body.append(dialog);
    dialog.showModal();
  });
}

const optionsOf = (element) => ({ ok: element.dataset.confirmOk || _('Yes'), stop: 'confirmStop' in element.dataset });

export function start() {
  let agreed = null;
  // In the capture phase: nobody else may see the submission before the person has agreed to it.
  document.addEventListener('submit', async (event) => {
    const form = event.target;
    const asker = event.submitter?.dataset.confirm ? event.submitter : form;
    if (!asker.dataset?.confirm || form.hasAttribute('hx-post')) return;
    if (agreed === form) { agreed = null; return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    const { submitter } = event;
    if (await ask(asker.dataset.confirm, optionsOf(asker))) {
      agreed = form;
      form.requestSubmit(submitter);
    }
  }, true);
  document.addEventListener('htmx:confirm', async (event) => {
    const element = event.detail.elt;
    const question = event.detail.question || element.dataset.confirm;
    if (!question) return;
    event.preventDefault();
    if (await ask(question, optionsOf(element))) event.detail.issueRequest(true);
  });
  on('click', 'a[data-confirm]', async (event, link) => {
    event.preventDefault();
    if (await ask(link.dataset.confirm, optionsOf(link))) window.location.assign(link.href);
  });
}
