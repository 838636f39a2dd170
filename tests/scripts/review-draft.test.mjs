// Tests of js/review-draft.js: each save has the page's revision, another grader's revision is a conflict. Run by `node --test`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReviewDraft } from '../../lms/static/src/js/review-draft.js';

const TAKEN = Object.assign(new Error('taken'), { status: 409, data: { taken: true } });
const OFFLINE = Object.assign(new Error('no connection'), { status: 0, data: null });

/** A draft at revision 3 whose server gives these answers in turn. */
function review(...answers) {
  const seen = { revisions: [], said: [] };
  const send = async (revision) => {
    seen.revisions.push(revision);
    const answer = await answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { draft: new ReviewDraft({ revision: 3, send, said: (state) => seen.said.push(state) }), seen };
}

test('each save is made on the revision that the last one got', async () => {
  const { draft, seen } = review({ revision: 4 }, { revision: 5 });
  await draft.save();
  await draft.save();
  assert.deepEqual([seen.revisions, draft.revision], [[3, 4], 5]);
});

test('a save during another one waits for its revision, and several are one', async () => {
  const { draft, seen } = review(new Promise((resolve) => setTimeout(resolve, 5, { revision: 4 })), { revision: 5 });
  draft.save();
  draft.save();
  await draft.save();
  assert.deepEqual(seen.revisions, [3, 4]);
});

test('a save without a connection keeps the revision for the next one', async () => {
  const { draft, seen } = review(OFFLINE, { revision: 4 });
  await draft.save();
  await draft.save();
  assert.deepEqual(seen, { revisions: [3, 3], said: ['failed', 'saved'] });
});

test('another grader at work is announced once', async () => {
  const { draft, seen } = review(TAKEN, TAKEN);
  await draft.save();
  await draft.save();
  assert.deepEqual(seen.said, ['failed', 'taken', 'failed']);
});
