// <form data-keep="key">: keeps the input on this device until it has been sent, except passwords and files.
// draft-store.js decides what is kept and deleted; a log-in or error page has <body data-keep-hold>.
import { each, find, findAll, h, icon, settle, user } from './dom.js';
import { DraftStore, FormDraft } from './draft-store.js';
import { revisionsIn } from './field-revisions.js';
import { readValues, writeValues } from './form-values.js';
import { _, clock } from './texts.js';

const store = new DraftStore({ storage: () => localStorage, owner: user });
const known = new WeakMap(); // form → its FormDraft

/** Stores a value under the key for the person logged in. Returns false when the device refuses (private mode, full). */
export const saveDraft = (key, value) => store.save(key, value);
export const readDraft = (key) => store.read(key);
export const deleteDraft = (key) => store.remove(key);

const controls = (form) =>
  [...form.elements].filter(
    (field) =>
      field.name &&
      !field.disabled &&
      !field.closest('[data-keep-skip]') &&
      !['hidden', 'password', 'file', 'submit', 'button', 'reset', 'image'].includes(field.type) &&
      field.name !== 'csrf_token',
  );

const snapshot = (form) => readValues(controls(form));

function draftOf(form) {
  if (!known.has(form)) {
    const returned = Boolean(find('[aria-invalid="true"], .errors', form));
    const revision = () => revisionsIn(form);
    known.set(form, new FormDraft(store, form.dataset.keep, { original: snapshot(form), returned, revision }));
  }
  return known.get(form);
}

function fill(form, fields) {
  writeValues(controls(form), fields, (field) => {
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('change', { bubbles: true }));
  });
}

const when = (at) => {
  const day = new Date(at);
  return day.toDateString() === new Date().toDateString()
    ? _('today at %(time)s', { time: clock(day) })
    : `${day.toLocaleDateString(document.documentElement.lang, { day: 'numeric', month: 'long' })}, ${clock(day)}`;
};

function notice(form, text, actions) {
  const box = h(
    'div',
    { class: 'notice is-warn keep-notice', role: 'status' },
    icon('history'),
    h(
      'div',
      {},
      text,
      ' ',
      ...actions.map(([label, run]) =>
        h(
          'button',
          {
            type: 'button',
            class: 'btn-text',
            onclick: () => {
              box.remove();
              run();
            },
          },
          label,
        ),
      ),
    ),
  );
  form.prepend(box);
}

function restore(form, kept, { fields, at }, original) {
  fill(form, fields);
  notice(form, _('Restored what you did not manage to send (%(when)s).', { when: when(at) }), [
    [
      _('Undo'),
      () => {
        fill(form, original);
        kept.forget();
      },
    ],
  ]);
}

function offer(form, kept, draft, older) {
  const said = older
    ? _('What you typed here %(when)s was not sent, and something else was saved meanwhile.', { when: when(draft.at) })
    : _('Something you typed %(when)s may not have been sent.', { when: when(draft.at) });
  notice(form, said, [
    [_('Show it'), () => restore(form, kept, draft, snapshot(form))],
    [_('Forget it'), () => kept.forget()],
  ]);
}

function begin(form) {
  const kept = draftOf(form);
  const back = performance.getEntriesByType('navigation')[0]?.type === 'back_forward';
  const draft = kept.read();
  const todo = kept.open({ back, reported: Boolean(find('[data-flash="ok"]')) });
  if (todo === 'restore') restore(form, kept, draft, kept.original);
  if (todo === 'offer' || todo === 'older') offer(form, kept, draft, todo === 'older');
  const save = () => kept.save(snapshot(form));
  const soon = settle(save, 250);
  const typed = () => {
    kept.typed();
    soon();
  };
  form.addEventListener('input', typed);
  form.addEventListener('change', typed);
  window.addEventListener('pagehide', () => {
    if (form.isConnected && kept.read()) save();
  });
}

export function start() {
  store.sweep();
  store.settleSent({
    hold: 'keepHold' in document.body.dataset,
    present: findAll('form[data-keep]').map((form) => form.dataset.keep),
  });
  each('form[data-keep]', begin);
  const submit = (form) => draftOf(form).submit(snapshot(form));
  document.addEventListener('submit', (event) => {
    if (event.target.matches('form[data-keep]') && !event.defaultPrevented) submit(event.target);
  });
  document.addEventListener('htmx:beforeRequest', (event) => {
    if (event.detail.elt.matches?.('form[data-keep]')) submit(event.detail.elt);
  });
  document.addEventListener('htmx:afterRequest', (event) => {
    const form = event.detail.elt;
    if (!form.matches?.('form[data-keep]')) return;
    if (event.detail.successful) draftOf(form).forget();
    else draftOf(form).refuse();
  });
}
