// <form data-keep="key">: keeps the input on this device until it has been sent, except passwords and files.
//
// A draft is {at, fields, sent}. `sent` is set when the form is submitted; the next page tells the result:
// - a log-in or error page (<body data-keep-hold>): it was not saved, keep it;
// - the same form with errors in it: the server returned the input, keep it;
// - a page without the form, or one that reports success: it was saved, delete it;
// - the same form, without errors: saved if it shows what was sent; otherwise unknown, so offer it.
import { each, find, findAll, h, icon, settle, user } from './dom.js';
import { _, clock } from './texts.js';

const PREFIX = 'lms:keep:';
const DAYS = 14;
const sent = new WeakSet();
const now = () => Date.now();
const place = (key) => `${PREFIX}${user() || 'nobody'}:${key}`;

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}

/** Stores a value under the key for the person logged in. Returns false when the device refuses (private mode, full). */
export function saveDraft(key, value) {
  try {
    localStorage.setItem(place(key), JSON.stringify({ at: now(), ...value }));
    return true;
  } catch {
    return false;
  }
}
export const readDraft = (key) => read(place(key));
export function deleteDraft(key) {
  try {
    localStorage.removeItem(place(key));
  } catch {
    /* nothing was stored */
  }
}

function drafts() {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
  } catch {
    return [];
  }
}

function sweep() {
  for (const name of drafts()) if (!(read(name)?.at > now() - DAYS * 86400e3)) localStorage.removeItem(name);
}

const controls = (form) =>
  [...form.elements].filter(
    (field) =>
      field.name &&
      !field.disabled &&
      !field.closest('[data-keep-skip]') &&
      !['hidden', 'password', 'file', 'submit', 'button', 'reset', 'image'].includes(field.type) &&
      field.name !== 'csrf_token',
  );

/** The form's values: [[name, value], …], in order, so that fields of one name stay apart. */
function snapshot(form) {
  return controls(form)
    .filter((field) => !['checkbox', 'radio'].includes(field.type) || field.checked)
    .flatMap((field) =>
      field.multiple && field.options
        ? [...field.selectedOptions].map((option) => [field.name, option.value])
        : [[field.name, field.value]],
    );
}

function fill(form, fields) {
  const left = new Map();
  for (const [name, value] of fields) left.set(name, [...(left.get(name) ?? []), value]);
  for (const field of controls(form)) {
    const values = left.get(field.name) ?? [];
    if (['checkbox', 'radio'].includes(field.type)) field.checked = values.includes(field.value);
    else if (field.multiple && field.options)
      for (const option of field.options) option.selected = values.includes(option.value);
    else if (values.length) field.value = values.shift();
    else continue;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('change', { bubbles: true }));
  }
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
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

function restore(form, key, draft, original) {
  fill(form, draft.fields);
  notice(form, _('Restored what you did not manage to send (%(when)s).', { when: when(draft.at) }), [
    [
      _('Undo'),
      () => {
        fill(form, original);
        deleteDraft(key);
      },
    ],
  ]);
}

function offer(form, key, draft) {
  notice(form, _('Something you typed %(when)s may not have been sent.', { when: when(draft.at) }), [
    [_('Show it'), () => restore(form, key, draft, snapshot(form))],
    [_('Forget it'), () => deleteDraft(key)],
  ]);
}

function begin(form) {
  const key = form.dataset.keep;
  const original = snapshot(form);
  const draft = readDraft(key);
  const returned = Boolean(find('[aria-invalid="true"], .errors', form));
  const back = performance.getEntriesByType('navigation')[0]?.type === 'back_forward';
  if (draft?.fields && !returned) {
    if (same(draft.fields, original)) deleteDraft(key);
    else if (!draft.sent || back) restore(form, key, draft, original);
    else if (find('[data-flash="ok"]')) deleteDraft(key);
    else offer(form, key, draft);
  }
  const save = () => {
    if (sent.has(form)) return;
    const fields = snapshot(form);
    if (same(fields, original) && !returned) deleteDraft(key);
    else saveDraft(key, { fields });
  };
  const soon = settle(save, 250);
  const typed = () => {
    sent.delete(form);
    soon();
  };
  form.addEventListener('input', typed);
  form.addEventListener('change', typed);
  window.addEventListener('pagehide', () => {
    if (form.isConnected && readDraft(key)) save();
  });
}

function markSent(form) {
  sent.add(form);
  saveDraft(form.dataset.keep, { fields: snapshot(form), sent: true });
}

function markUnsent(form) {
  sent.delete(form);
  const draft = readDraft(form.dataset.keep);
  if (draft) saveDraft(form.dataset.keep, { ...draft, sent: false });
}

/** On another page than the form's: decides whether the sent draft was saved (see above). */
function settleSent() {
  const hold = 'keepHold' in document.body.dataset;
  const here = new Set(findAll('form[data-keep]').map((form) => place(form.dataset.keep)));
  for (const name of drafts()) {
    const draft = read(name);
    if (!draft?.sent || here.has(name)) continue;
    if (hold) localStorage.setItem(name, JSON.stringify({ ...draft, sent: false }));
    else if (name.startsWith(`${PREFIX}${user() || 'nobody'}:`)) localStorage.removeItem(name);
  }
}

export function start() {
  sweep();
  settleSent();
  each('form[data-keep]', begin);
  document.addEventListener('submit', (event) => {
    if (event.target.matches('form[data-keep]') && !event.defaultPrevented) markSent(event.target);
  });
  document.addEventListener('htmx:beforeRequest', (event) => {
    if (event.detail.elt.matches?.('form[data-keep]')) markSent(event.detail.elt);
  });
  document.addEventListener('htmx:afterRequest', (event) => {
    const form = event.detail.elt;
    if (!form.matches?.('form[data-keep]')) return;
    if (event.detail.successful) deleteDraft(form.dataset.keep);
    else markUnsent(form);
  });
}
