// Saves an attempt: sends each change to the server, and keeps it on the device while there is no connection
// (js/attempt/answers.js).
import { AnswerQueue, encodeAnswers } from '../js/attempt/answers.js';
import { Countdown, clockFace } from '../js/attempt/countdown.js';
import { askConfirmation } from '../js/confirm.js';
import { find, findAll, h, icon, settle, user } from '../js/dom.js';
import { deleteDraft, readDraft, saveDraft } from '../js/drafts.js';
import { isComplete, readValues, writeValues } from '../js/form-values.js';
import { send } from '../js/net.js';
import { _, clock, ngettext } from '../js/texts.js';
import { toast } from '../js/toast.js';

const form = find('form[data-attempt]');
const key = `attempt-${form.dataset.attempt}`;
const questions = new Map(findAll('[data-q]', form).map((box) => [box.dataset.q, box]));
const handInButton = find('button[name="hand_in"][form="attempt"].btn-primary');
const countdown = form.dataset.left === undefined ? null : new Countdown(Number(form.dataset.left));

const controls = (box) => findAll('input, select, textarea', box).filter((field) => field.name && field.name !== 'q');
const blank = () => [...questions.values()].filter((box) => !isComplete(controls(box)));

/** After a new log-in: takes a fresh token and returns true if the same person is logged in. */
async function renew() {
  try {
    const answer = await fetch(window.location.pathname, { credentials: 'same-origin' });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const token = page.querySelector('meta[name="csrf"]')?.content;
    if (answer.redirected || !token || page.body.dataset.user !== user()) return false;
    find('meta[name="csrf"]').content = token;
    find('[name="csrf_token"]', form).value = token;
    return true;
  } catch {
    return false;
  }
}

const showSaved = (text) => {
  find('[data-saved]').textContent = text;
};

function setRevision(name, revision) {
  const field = form.elements[`seen-${name}`];
  if (field) field.value = revision;
}

const toldValue = (field) =>
  field.type === 'checkbox' || field.type === 'radio'
    ? field.checked && (field.closest('label') ?? field.labels[0])?.textContent.trim()
    : (field.selectedOptions?.[0]?.textContent ?? field.value).trim();

/** Shows the answer saved elsewhere in the question's box; the person chooses between it and the own one. */
async function offerBoth(conflicts) {
  const answer = await fetch(window.location.pathname, { credentials: 'same-origin' });
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const [name, { seen }] of Object.entries(conflicts)) {
    const id = name.slice(1);
    const box = questions.get(id);
    const there = findAll('[data-q]', page).find((each) => each.dataset.q === id);
    if (!box || !there) continue;
    find('[data-conflict]', box)?.remove();
    const saved = controls(there);
    const text = saved
      .filter((field) => field.type !== 'hidden')
      .map(toldValue)
      .filter(Boolean)
      .join(' · ');
    const choose = (deed) => () => {
      told.remove();
      deed();
      count();
    };
    const button = (label, deed) => h('button', { type: 'button', class: 'btn-text', onclick: choose(deed) }, label);
    const told = h(
      'div',
      { class: 'notice is-warn', role: 'alert', 'data-conflict': name },
      icon('history'),
      h(
        'div',
        {},
        h('p', {}, _('Saved elsewhere meanwhile:')),
        h('p', { class: 'quote pre' }, text || '–'),
        button(_('Take the saved answer'), () => {
          writeValues(controls(box), readValues(saved));
          answers.drop(id);
        }),
        ' ',
        button(_('Keep my answer'), () => {
          setRevision(name, seen);
          answers.put(id, readValues(controls(box)));
          flush();
        }),
      ),
    );
    box.append(told);
  }
}

const said = {
  saving: () => showSaved(_('Saving…')),
  saved(answer) {
    for (const [name, revision] of Object.entries(answer.seen ?? {})) setRevision(name, revision);
    if (answer.left !== null) countdown?.set(answer.left);
    showSaved(_('Saved at %(time)s', { time: answer.saved_at }));
  },
  changed_elsewhere: offerBoth,
  failed: (error) =>
    showSaved(error.status ? error.message : _('Kept on this device since %(time)s', { time: clock() })),
  not_handed_in(error) {
    handInButton.removeAttribute('aria-disabled');
    toast(
      error.status
        ? error.message
        : _('There is no connection: hand in when it is back. Your answers are kept on this device.'),
      'warn',
    );
  },
};

const answers = new AnswerQueue({
  post: (body, to) => send(to === 'save' ? form.dataset.save : form.action, body),
  renew,
  draft: {
    read: () => readDraft(key),
    save: (value) => saveDraft(key, value),
    remove: () => deleteDraft(key),
  },
  said: (state, detail) => said[state](detail),
  leave: (url) => window.location.assign(url),
});
const flush = () => answers.flush();
const soon = settle(flush, 600);

function count() {
  const left = new Set(blank().map((box) => box.id));
  find('[data-done]').textContent = questions.size - left.size;
  const links = find('[data-blank]');
  links.hidden = !left.size;
  for (const link of findAll('a', links)) link.hidden = !left.has(link.hash.slice(1));
}

function changed(event) {
  const box = event.target.closest?.('[data-q]');
  if (!box || answers.over) return;
  answers.put(box.dataset.q, readValues(controls(box)));
  count();
  soon();
}

/** Asks whether to hand in although questions have no answer; returns true without asking when all have one. */
async function confirmed() {
  const left = blank().length;
  if (!left) return true;
  const question = ngettext(
    '%(num)s question has no answer. Hand in all the same?',
    '%(num)s questions have no answer. Hand in all the same?',
    left,
  );
  return askConfirmation(question, { ok: _('Hand in as it is'), cancel: _('Go on answering') });
}

async function handIn(sure) {
  if (!sure && answers.held.size) {
    find('[data-conflict]', form)?.scrollIntoView({ block: 'center' });
    return;
  }
  if (!sure && !(await confirmed())) return;
  handInButton.setAttribute('aria-disabled', 'true');
  await answers.handIn({ again: sure });
}

form.addEventListener('input', changed);
form.addEventListener('change', changed);
form.addEventListener('submit', (event) => {
  event.preventDefault();
  const { submitter } = event;
  if (find('[aria-disabled="true"][name="hand_in"]')) return;
  handIn(submitter?.value === 'sure');
});
// Enter in a field saves instead of handing in.
form.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.target.matches('input, select')) {
    event.preventDefault();
    flush();
  }
});
window.addEventListener('online', flush);
document.addEventListener('visibilitychange', () => {
  flush();
});
window.addEventListener('pagehide', () => {
  if (!answers.waiting.size || answers.over) return;
  const body = encodeAnswers(answers.waiting, { csrf_token: find('[name="csrf_token"]', form).value });
  fetch(form.dataset.save, { method: 'POST', body, keepalive: true, headers: { Accept: 'application/json' } }).catch(
    () => {},
  );
});

find('[data-save-button]').hidden = true;
for (const [id, pairs] of answers.restore((id) => questions.has(id))) writeValues(controls(questions.get(id)), pairs);
count();
if (answers.waiting.size) flush();

let ticking = 0;
function tick() {
  const { left, warning } = countdown.tick();
  find('[data-clock] span').textContent = clockFace(left);
  if (warning) {
    find('[data-said]').textContent = ngettext('%(num)s minute is left.', '%(num)s minutes are left.', warning);
    find('[data-clock]').classList.add('st-warn');
  }
  if (left || answers.over) return;
  clearInterval(ticking);
  toast(_('The time is over: your answers are handed in.'), 'warn');
  handIn(true);
}

if (countdown) {
  ticking = setInterval(tick, 1000);
  tick();
}
