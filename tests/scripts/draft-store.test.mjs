// Tests of js/draft-store.js: saving, restoring and deleting drafts on the device. Run by `node --test`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DraftStore, FormDraft } from '../../lms/static/src/js/draft-store.js';

const DAY = 86400e3;

/** A storage like localStorage: its items are its own enumerable properties, `full` refuses new ones. */
class FakeStorage {
  constructor() {
    Object.defineProperty(this, 'full', { value: false, writable: true });
  }

  getItem(name) {
    return this[name] ?? null;
  }

  setItem(name, value) {
    if (this.full) throw new DOMException('full', 'QuotaExceededError');
    this[name] = String(value);
  }

  removeItem(name) {
    delete this[name];
  }
}

function device(owner = '7') {
  const storage = new FakeStorage();
  const clock = { at: 1_000 * DAY };
  const make = (who) => new DraftStore({ storage: () => storage, owner: () => who, now: () => clock.at });
  return { storage, clock, store: make(owner), as: make };
}

const ORIGINAL = [['text', 'as it came']];
const TYPED = [['text', 'typed']];
const form = (store, more = {}) => new FormDraft(store, 'work-1', { original: ORIGINAL, ...more });
const fresh = { back: false, reported: false };

test('a draft is read by the person who typed it and by nobody else', () => {
  const { store, as } = device();
  assert.equal(store.save('work-1', { fields: TYPED }), true);
  assert.deepEqual(store.read('work-1').fields, TYPED);
  assert.equal(as('8').read('work-1'), null);
  assert.equal(as('').read('work-1'), null);
});

test('a device that refuses storage makes save return false and nothing throws', () => {
  const { storage, store } = device();
  storage.full = true;
  assert.equal(store.save('work-1', { fields: TYPED }), false);
  const refused = new DraftStore({
    storage: () => {
      throw new DOMException('no', 'SecurityError');
    },
    owner: () => '7',
  });
  assert.equal(refused.save('k', {}), false);
  assert.equal(refused.read('k'), null);
  refused.remove('k');
  refused.sweep();
  refused.settleSent({ hold: false, present: [] });
});

test('sweep deletes drafts older than fourteen days and what cannot be read, and no other name', () => {
  const { storage, clock, store } = device();
  store.save('old', { fields: TYPED });
  clock.at += 2 * DAY;
  store.save('recent', { fields: TYPED });
  storage.setItem('lms:keep:7:broken', '{');
  storage.setItem('theme', 'dark');
  clock.at += 13.5 * DAY;
  store.sweep();
  assert.deepEqual(Object.keys(storage).sort(), ['lms:keep:7:recent', 'theme']);
});

test('what was typed and never sent is restored when the form opens again', () => {
  const { store } = device();
  form(store).save(TYPED);
  const again = form(store);
  assert.equal(again.open(fresh), 'restore');
  assert.deepEqual(again.read().fields, TYPED);
});

test('typing the original values again deletes the draft', () => {
  const { store } = device();
  const draft = form(store);
  draft.save(TYPED);
  draft.save(ORIGINAL);
  assert.equal(draft.read(), null);
});

test('a form that came back with errors keeps its values as a draft and restores nothing over them', () => {
  const { store } = device();
  const draft = form(store, { returned: true });
  draft.save(ORIGINAL);
  assert.deepEqual(draft.read().fields, ORIGINAL);
  store.save('work-1', { fields: TYPED });
  assert.equal(draft.open(fresh), null);
  assert.deepEqual(draft.read().fields, TYPED);
});

test('a fresh form that shows what was sent deletes the draft', () => {
  const { store } = device();
  form(store).submit(TYPED);
  const again = form(store, { original: TYPED });
  assert.equal(again.open(fresh), null);
  assert.equal(again.read(), null);
});

test('a form opened anew after a submission offers the draft, restores it on Back, deletes it after a success', () => {
  for (const [page, expected, kept] of [
    [fresh, 'offer', true],
    [{ back: true, reported: false }, 'restore', true],
    [{ back: false, reported: true }, null, false],
  ]) {
    const { store } = device();
    form(store).submit(TYPED);
    const again = form(store);
    assert.equal(again.open(page), expected);
    assert.equal(again.read() !== null, kept);
  }
});

test('a late save after the submission does not take the mark away, typing again does', () => {
  const { store } = device();
  const draft = form(store);
  draft.submit(TYPED);
  draft.save([['text', 'typed and more']]);
  assert.deepEqual(draft.read(), { at: 1_000 * DAY, fields: TYPED, revision: '', sent: true });
  draft.typed();
  draft.save([['text', 'typed and more']]);
  assert.equal(draft.read().sent, undefined);
  assert.deepEqual(draft.read().fields, [['text', 'typed and more']]);
});

test('a refused submission is a draft to restore', () => {
  const { store } = device();
  const draft = form(store);
  draft.submit(TYPED);
  draft.refuse();
  assert.equal(form(store).open(fresh), 'restore');
});

test('settleSent deletes what another page sent, and keeps unsent drafts and those of forms in this page', () => {
  const { store } = device();
  for (const key of ['sent', 'shown']) store.save(key, { fields: TYPED, sent: true });
  store.save('unsent', { fields: TYPED });
  store.settleSent({ hold: false, present: ['shown'] });
  assert.equal(store.read('sent'), null);
  assert.equal(store.read('shown').sent, true);
  assert.deepEqual(store.read('unsent').fields, TYPED);
});

test('settleSent on a log-in or error page keeps what was sent as unsent', () => {
  const { store, as } = device();
  store.save('sent', { fields: TYPED, sent: true });
  as('').settleSent({ hold: true, present: [] });
  assert.equal(store.read('sent').sent, false);
});

test('settleSent deletes no draft of another person', () => {
  const { store, as } = device();
  store.save('sent', { fields: TYPED, sent: true });
  for (const other of ['', '8', '77']) as(other).settleSent({ hold: false, present: [] });
  assert.equal(store.read('sent').sent, true);
});

test('a draft typed over an older text is offered, not written over the newer one', () => {
  const { store } = device();
  form(store, { revision: () => 'seen-text=1' }).save(TYPED);
  assert.equal(form(store, { revision: () => 'seen-text=1' }).open(fresh), 'restore');
  assert.equal(form(store, { revision: () => 'seen-text=2' }).open(fresh), 'older');
});
