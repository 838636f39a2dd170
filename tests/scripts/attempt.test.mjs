// Tests of js/attempt: answers are saved, retried, kept while offline, handed in; the countdown warns. Run by `node --test`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AnswerQueue, encodeAnswers } from '../../lms/static/src/js/attempt/answers.js';
import { Countdown, clockFace } from '../../lms/static/src/js/attempt/countdown.js';

const OFFLINE = Object.assign(new Error('no connection'), { status: 0, data: null });
const refused = (status, data = null) => Object.assign(new Error(`status ${status}`), { status, data });
const SAVED = { saved_at: '14:32', left: 60 };

/** A queue whose server gives these answers in turn: a value, an Error to reject with, or a function. */
function attempt({ answers = [], renew = async () => false, kept = null } = {}) {
  const seen = { posted: [], said: [], opened: [], draft: kept };
  const post = async (body, to) => {
    seen.posted.push([to, body.toString()]);
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return typeof answer === 'function' ? answer() : answer;
  };
  const draft = {
    read: () => seen.draft,
    save: (value) => {
      seen.draft = value;
    },
    remove: () => {
      seen.draft = null;
    },
  };
  const said = (state) => seen.said.push(state);
  const queue = new AnswerQueue({ post, renew, draft, said, leave: (url) => seen.opened.push(url) });
  return { queue, seen };
}

const A = [['q1-answer', 'yes']];
const B = [['q2-answer', 'no']];

/** Lets promises settle; setTimeout itself is mocked. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('encodeAnswers names each question before its values, an emptied one too', () => {
  const body = encodeAnswers(
    new Map([
      ['1', A],
      ['2', []],
    ]),
    { hand_in: 'sure' },
  );
  assert.equal(body.toString(), 'q=1&q1-answer=yes&q=2&hand_in=sure');
});

test('an answer is kept on the device until the server has saved it', async () => {
  const { queue, seen } = attempt({ answers: [SAVED] });
  queue.put('1', A);
  assert.deepEqual(seen.draft, { answers: { 1: A } });
  assert.equal(await queue.flush(), true);
  assert.deepEqual(seen.posted, [['save', 'q=1&q1-answer=yes']]);
  assert.deepEqual(seen.said, ['saving', 'saved']);
  assert.equal(seen.draft, null);
});

test('an answer changed while it is being saved is sent again', async () => {
  const changeMeanwhile = () => {
    queue.put('1', B);
    return SAVED;
  };
  const { queue, seen } = attempt({ answers: [changeMeanwhile, SAVED] });
  queue.put('1', A);
  assert.equal(await queue.flush(), true);
  assert.deepEqual(
    seen.posted.map(([, body]) => body),
    ['q=1&q1-answer=yes', 'q=1&q2-answer=no'],
  );
});

test('flush during another joins it and sends nothing twice', async () => {
  const { queue, seen } = attempt({ answers: [SAVED] });
  queue.put('1', A);
  assert.deepEqual(await Promise.all([queue.flush(), queue.flush()]), [true, true]);
  assert.equal(seen.posted.length, 1);
});

test('offline answers wait on the device and are sent after five seconds, together', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { queue, seen } = attempt({ answers: [OFFLINE, SAVED] });
  queue.put('1', A);
  assert.equal(await queue.flush(), false);
  queue.put('2', B);
  assert.deepEqual(seen.draft, { answers: { 1: A, 2: B } });
  t.mock.timers.tick(4999);
  await settled();
  assert.equal(seen.posted.length, 1);
  t.mock.timers.tick(1);
  await settled();
  assert.deepEqual(seen.posted[1], ['save', 'q=1&q1-answer=yes&q=2&q2-answer=no']);
  assert.deepEqual(seen.said, ['saving', 'failed', 'saving', 'saved']);
  assert.equal(seen.draft, null);
});

test('answers left on the device by a closed page are sent, but not those of unknown questions', async () => {
  const { queue, seen } = attempt({ answers: [SAVED], kept: { answers: { 1: A, 9: B } } });
  assert.deepEqual(
    queue.restore((id) => id === '1'),
    [['1', A]],
  );
  await queue.flush();
  assert.deepEqual(seen.posted, [['save', 'q=1&q1-answer=yes']]);
});

test('an ended session is renewed once and the request repeated', async () => {
  let renewals = 0;
  const renew = async () => {
    renewals += 1;
    return true;
  };
  const { queue, seen } = attempt({ answers: [refused(401), SAVED], renew });
  queue.put('1', A);
  assert.equal(await queue.flush(), true);
  assert.deepEqual([renewals, seen.posted.length], [1, 2]);
});

test('answers of an ended session wait when somebody else is logged in', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { queue, seen } = attempt({ answers: [refused(400)] });
  queue.put('1', A);
  assert.equal(await queue.flush(), false);
  assert.deepEqual([seen.posted.length, seen.said.at(-1)], [1, 'failed']);
  assert.deepEqual(seen.draft, { answers: { 1: A } });
});

test('an attempt that was handed in elsewhere opens its result and forgets what waits', async () => {
  const { queue, seen } = attempt({ answers: [refused(409, { result: '/result' })] });
  queue.put('1', A);
  assert.equal(await queue.flush(), false);
  assert.deepEqual([seen.opened, seen.draft, queue.over], [['/result'], null, true]);
  queue.put('2', B);
  assert.equal(await queue.flush(), true);
  assert.deepEqual([seen.posted.length, seen.draft], [1, null]);
});

test('handing in sends what waits after the save under way and opens the result', async () => {
  const { queue, seen } = attempt({ answers: [() => settled().then(() => SAVED), { result: '/result' }] });
  queue.put('1', A);
  queue.flush();
  await queue.handIn();
  assert.deepEqual(seen.posted, [
    ['save', 'q=1&q1-answer=yes'],
    ['hand_in', 'hand_in=sure'],
  ]);
  assert.deepEqual([seen.opened, seen.draft], [['/result'], null]);
});

test('a failed hand-in by the button keeps the answers and is not repeated', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { queue, seen } = attempt({ answers: [OFFLINE] });
  queue.put('1', A);
  await queue.handIn();
  t.mock.timers.tick(60_000);
  await settled();
  assert.deepEqual([seen.posted.length, seen.said], [1, ['not_handed_in']]);
  assert.deepEqual(seen.draft, { answers: { 1: A } });
});

test('a hand-in at the end of the time is repeated, also when the connection comes back meanwhile', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { queue, seen } = attempt({ answers: [OFFLINE, { result: '/result' }] });
  await queue.handIn({ again: true });
  await queue.flush();
  t.mock.timers.tick(5000);
  await settled();
  assert.deepEqual(seen.opened, ['/result']);
});

test('clockFace shows minutes and seconds, with hours only from one hour on', () => {
  assert.deepEqual([3600, 3599, 65, 0].map(clockFace), ['1:00:00', '59:59', '1:05', '0:00']);
});

test('the countdown warns once at five minutes and at one, and ends at zero', () => {
  let at = 0;
  const clock = new Countdown(301, () => at);
  const after = (seconds) => {
    at += seconds * 1000;
    return clock.tick();
  };
  assert.deepEqual(after(0), { left: 301, warning: null });
  assert.deepEqual(after(1), { left: 300, warning: 5 });
  assert.deepEqual(after(1), { left: 299, warning: null });
  assert.deepEqual(after(239), { left: 60, warning: 1 });
  assert.deepEqual(after(61), { left: 0, warning: null });
});

test('a device that slept through both warnings gives the last of them', () => {
  let at = 0;
  const clock = new Countdown(600, () => at);
  at = 590_000;
  assert.deepEqual(clock.tick(), { left: 10, warning: 1 });
});

test('a device that slept through the end gives no warning', () => {
  let at = 0;
  const clock = new Countdown(600, () => at);
  at = 700_000;
  assert.deepEqual(clock.tick(), { left: 0, warning: null });
});

test('the countdown takes the time that the server says is left', () => {
  let at = 0;
  const clock = new Countdown(600, () => at);
  at = 10_000;
  clock.set(120);
  assert.equal(clock.tick().left, 120);
});

const over = (rev, value = 'yes') => [
  ['seen-q1', rev],
  ['q1-answer', value],
];

test('an answer that changed during a save is sent over the revision that was saved', async () => {
  const { queue, seen } = attempt({
    answers: [
      () => {
        queue.put('1', over('a', 'later'));
        return { ...SAVED, seen: { q1: 'b' } };
      },
      SAVED,
    ],
  });
  queue.put('1', over('a'));
  await queue.flush();
  assert.deepEqual(
    seen.posted.map(([, body]) => body),
    ['q=1&seen-q1=a&q1-answer=yes', 'q=1&seen-q1=b&q1-answer=later'],
  );
});

test('an answer changed elsewhere too is held on the device until the person has chosen, others are saved', async () => {
  const conflicts = refused(409, {
    conflicts: { q1: { text: '…', seen: 'c' } },
    seen: { q1: 'c', q2: 'd' },
    left: null,
  });
  const { queue, seen } = attempt({ answers: [conflicts, SAVED] });
  queue.put('1', over('a'));
  queue.put('2', B);
  assert.equal(await queue.flush(), true);
  assert.deepEqual(seen.said, ['saving', 'saved', 'changed_elsewhere']);
  assert.deepEqual(seen.draft, { answers: { 1: over('a') } });
  queue.put('1', over('c'));
  await queue.flush();
  assert.deepEqual(seen.posted.at(-1), ['save', 'q=1&seen-q1=c&q1-answer=yes']);
  assert.equal(seen.draft, null);
});

test('an answer given up for the one saved elsewhere leaves the device', async () => {
  const conflicts = refused(409, { conflicts: { q1: { text: '…', seen: 'c' } } });
  const { queue, seen } = attempt({ answers: [conflicts] });
  queue.put('1', over('a'));
  await queue.flush();
  queue.drop('1');
  assert.equal(seen.draft, null);
});
