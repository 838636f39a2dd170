// Revisions of the fields of a form that saves itself: a hidden field seen-<name> beside each field <name> holds the revision
// of the text over which is typed. Texts changed elsewhere are taken over; a field changed on both sides offers both.
import { find, findAll, h, icon } from './dom.js';
import { readValues, writeValues } from './form-values.js';
import { _ } from './texts.js';

const controlsOf = (form, name) => [...form.elements].filter((field) => field.name === name);
const textOf = (form, name) => readValues(controlsOf(form, name))[0]?.[1] ?? '';
const same = (one, other) => one.replaceAll('\r\n', '\n') === other.replaceAll('\r\n', '\n');

/** The revisions as one text: which version of the fields the page shows. */
export const revisionsIn = (form) =>
  findAll('input[type=hidden][name^="seen-"]', form)
    .map((field) => `${field.name}=${field.value}`)
    .join('&');

function write(form, name, text) {
  const controls = controlsOf(form, name);
  const shown = name.startsWith('points-') && document.documentElement.lang === 'ru' ? text.replace('.', ',') : text;
  const radio = controls[0]?.type === 'radio';
  writeValues(controls, [[name, radio ? text : shown]]);
  controls[0]?.dispatchEvent(new Event('change', { bubbles: true }));
}

function setSeen(form, name, revision) {
  const field = form.elements[`seen-${name}`];
  if (field) field.value = revision;
}

/** Takes over what a save's answer tells; `sent` is the body of the save (FormData). */
export function learn(form, { seen = {}, theirs = {} }, sent) {
  for (const [name, text] of Object.entries(theirs)) {
    // What was typed while the request ran stays, over the revision that it was typed over.
    if (!same(textOf(form, name), sent.get(name) ?? '')) delete seen[name];
    else {
      setSeen(form, name, seen[name]);
      write(form, name, text);
    }
  }
  for (const [name, revision] of Object.entries(seen)) setSeen(form, name, revision);
}

/** Shows both texts of each field that was changed on both sides; `chosen` is called after a choice. */
export function offer(form, conflicts, chosen) {
  for (const [name, { text, seen }] of Object.entries(conflicts)) {
    const control = controlsOf(form, name)[0];
    if (!control) continue;
    find(`[data-conflict="${name}"]`, form)?.remove();
    const choose = (label, deed) =>
      h(
        'button',
        {
          type: 'button',
          class: 'btn-text',
          onclick: () => {
            box.remove();
            setSeen(form, name, seen);
            deed();
            chosen();
          },
        },
        label,
      );
    const box = h(
      'div',
      { class: 'notice is-warn', role: 'alert', 'data-conflict': name },
      icon('history'),
      h(
        'div',
        {},
        h('p', {}, _('Saved elsewhere meanwhile:')),
        h('p', { class: 'quote pre' }, text || '–'),
        choose(_('Take the saved text'), () => write(form, name, text)),
        ' ',
        choose(_('Keep my text'), () => {}),
      ),
    );
    (control.closest('.crit, .rate, .field') ?? control).append(box);
  }
}
