// Tests of js/saver.js: saves run one after the other, and what was typed last is sent on leaving. Run by `node --test`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Saver } from '../../lms/static/src/js/saver.js';

const OFFLINE = Object.assign(new Error('no connection'), { status: 0, data: null });
const later = (answer) => new Promise((resolve) => setTimeout(resolve, 5, answer));

/** A saver whose server gives these answers in turn. */
function saver(...answers) {
  const seen = { sent: [], said: [] };
  const send = async ({ leaving }) => {
    seen.sent.push(leaving ? 'leaving' : 'save');
    const answer = await answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { form: new Saver({ send, said: (state) => seen.said.push(state) }), seen };
}

test('a save during another one waits for its answer, and several are one', async () => {
  const { form, seen } = saver(later({}), {});
  form.save();
  form.save();
  assert.deepEqual(seen.sent, ['save']);
  await form.save();
  assert.deepEqual(seen, { sent: ['save', 'save'], said: ['saved', 'saved'] });
});

test('what was typed last is sent on leaving, once', async () => {
  const { form, seen } = saver({}, {});
  form.typed();
  await form.leave();
  await form.leave();
  assert.deepEqual(seen.sent, ['leaving']);
});

test('nothing is sent on leaving when all is saved', async () => {
  const { form, seen } = saver({});
  form.typed();
  await form.save();
  await form.leave();
  assert.deepEqual(seen.sent, ['save']);
});

test('what could not be sent is sent on leaving', async () => {
  const { form, seen } = saver(OFFLINE, {});
  form.typed();
  await form.save();
  await form.leave();
  assert.deepEqual(seen, { sent: ['save', 'leaving'], said: ['failed', 'saved'] });
});
