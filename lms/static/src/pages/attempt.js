// Saves an attempt: sends each change to the server, and keeps it on the device while there is no connection.
//
// Only questions changed here are sent, each named in a field `q`: answers from another tab stay. Unsent changes
// are kept under the attempt's key, survive a closed page, and are sent when the page is opened again.
import { askConfirmation } from '../js/confirm.js';
import { find, findAll, settle, user } from '../js/dom.js';
import { deleteDraft, readDraft, saveDraft } from '../js/drafts.js';
import { Failed, send } from '../js/net.js';
import { _, clock, ngettext } from '../js/texts.js';
import { toast } from '../js/toast.js';

const form = find('form[data-attempt]');
const key = `attempt-${form.dataset.attempt}`;
const told = find('[data-saved]');
const said = find('[data-said]');
const questions = new Map(findAll('[data-q]', form).map((box) => [box.dataset.q, box]));
const AGAIN = 5000;
const waiting = new Map(); // question's id → [[name, value], …], not sent yet
let sending = null;
let timer = 0;
let over = false;

const fields = (box) => findAll('input, select, textarea', box).filter((field) => field.name && field.name !== 'q');
const picks = (field) => ['radio', 'checkbox'].includes(field.type);

function values(box) {
  return fields(box)
    .filter((field) => !picks(field) || field.checked)
    .map((field) => [field.name, field.value]);
}

function put(box, pairs) {
  for (const field of fields(box)) {
    const mine = pairs.filter(([name]) => name === field.name).map(([, value]) => value);
    if (picks(field)) field.checked = mine.includes(field.value);
    else field.value = mine[0] ?? '';
  }
}

/** Returns whether every named field in it has a value. */
function answered(box) {
  const said = new Set(
    values(box)
      .filter(([, value]) => value.trim())
      .map(([name]) => name),
  );
  return fields(box).every((field) => said.has(field.name));
}

const blank = () => [...questions.values()].filter((box) => !answered(box));

function count() {
  const left = new Set(blank().map((box) => box.id));
  find('[data-done]').textContent = questions.size - left.size;
  const links = find('[data-blank]');
  links.hidden = !left.size;
  for (const link of findAll('a', links)) link.hidden = !left.has(link.hash.slice(1));
}

function store() {
  if (waiting.size) saveDraft(key, { answers: Object.fromEntries(waiting) });
  else deleteDraft(key);
}

/** After a new log-in: returns a fresh token if the same person is logged in. */
async function renewed() {
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

function body(entries) {
  const found = new URLSearchParams();
  for (const [id, pairs] of entries) {
    found.append('q', id);
    for (const [name, value] of pairs) found.append(name, value);
  }
  return found;
}

async function post(url, entries, more = {}) {
  const data = body(entries);
  for (const [name, value] of Object.entries(more)) data.append(name, value);
  try {
    return await send(url, data);
  } catch (error) {
    if (!(error instanceof Failed) || ![400, 401].includes(error.status) || !(await renewed())) throw error;
    return send(url, data);
  }
}

function leave(url) {
  over = true;
  waiting.clear();
  deleteDraft(key);
  window.location.assign(url);
}

/** Sends the waiting changes; returns true when none is left. */
function flush() {
  sending ??= flushOnce().finally(() => {
    sending = null;
  });
  return sending;
}

async function flushOnce() {
  clearTimeout(timer);
  while (waiting.size && !over) {
    const entries = [...waiting];
    told.textContent = _('Saving…');
    try {
      const answer = await post(form.dataset.save, entries);
      for (const [id, pairs] of entries) if (waiting.get(id) === pairs) waiting.delete(id);
      store();
      if (answer.left !== null) wind(answer.left);
      told.textContent = _('Saved at %(time)s', { time: answer.saved_at });
    } catch (error) {
      if (error.data?.result) {
        leave(error.data.result);
        return false;
      }
      told.textContent = error.status ? error.message : _('Kept on this device since %(time)s', { time: clock() });
      timer = setTimeout(flush, AGAIN);
      return false;
    }
  }
  return true;
}

const soon = settle(flush, 600);

function changed(event) {
  const box = event.target.closest?.('[data-q]');
  if (!box || over) return;
  waiting.set(box.dataset.q, values(box));
  store();
  count();
  soon();
}

async function handIn(sure) {
  const left = blank().length;
  if (!sure && left) {
    const question = ngettext(
      '%(num)s question has no answer. Hand in all the same?',
      '%(num)s questions have no answer. Hand in all the same?',
      left,
    );
    if (!(await askConfirmation(question, { ok: _('Hand in as it is'), cancel: _('Go on answering') }))) return;
  }
  const button = find('button[name="hand_in"][form="attempt"].btn-primary');
  button.setAttribute('aria-disabled', 'true');
  try {
    await sending;
    const { result } = await post(form.action, [...waiting], { hand_in: 'sure' });
    leave(result);
  } catch (error) {
    button.removeAttribute('aria-disabled');
    toast(
      error.status
        ? error.message
        : _('There is no connection: hand in when it is back. Your answers are kept on this device.'),
      'warn',
    );
    if (sure) timer = setTimeout(() => handIn(true), AGAIN);
  }
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
  if (!document.hidden) flush();
});
window.addEventListener('pagehide', () => {
  if (!waiting.size || over) return;
  const data = body(waiting);
  data.append('csrf_token', find('[name="csrf_token"]', form).value);
  fetch(form.dataset.save, {
    method: 'POST',
    body: data,
    keepalive: true,
    headers: { Accept: 'application/json' },
  }).catch(() => {});
});

// The clock shows the remaining time; the server decides.
let end = null;
let last = Infinity;
function wind(seconds) {
  end = Date.now() + seconds * 1000;
}

function tick() {
  const left = Math.max(0, Math.round((end - Date.now()) / 1000));
  const face = find('[data-clock] span');
  const hours = Math.floor(left / 3600);
  const minutes = String(Math.floor(left / 60) % 60).padStart(hours ? 2 : 1, '0');
  face.textContent = `${hours ? `${hours}:` : ''}${minutes}:${String(left % 60).padStart(2, '0')}`;
  for (const minute of [5, 1]) {
    if (left <= minute * 60 && last > minute * 60 && left > 0) {
      said.textContent = ngettext('%(num)s minute is left.', '%(num)s minutes are left.', minute);
      find('[data-clock]').classList.add('st-warn');
    }
  }
  last = left;
  if (left || over) return;
  clearInterval(ticking);
  toast(_('The time is over: your answers are handed in.'), 'warn');
  handIn(true);
}

let ticking = 0;
if (form.dataset.left !== undefined) {
  wind(Number(form.dataset.left));
  last = Number(form.dataset.left) + 1;
  ticking = setInterval(tick, 1000);
  tick();
}

find('[data-save-button]').hidden = true;
for (const [id, pairs] of Object.entries(readDraft(key)?.answers ?? {})) {
  const box = questions.get(id);
  if (!box) continue;
  put(box, pairs);
  waiting.set(id, pairs);
}
count();
if (waiting.size) flush();
