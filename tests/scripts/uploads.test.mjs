// Files are sent one after the other; a refused or failed one does not stop the next.
import assert from 'node:assert/strict';
import test from 'node:test';
import { UploadQueue } from '../../lms/static/src/js/uploads.js';

const file = (name, size = 10) => ({ name, size });

function queueOf(post) {
  const states = [];
  const queue = new UploadQueue({
    post,
    told: (upload) => states.push(`${upload.file.name} ${upload.state}`),
    limit: 100,
    tooLarge: 'too large',
    offline: 'no connection',
  });
  return { queue, states };
}

const failure = (status) => Object.assign(new Error(`status ${status}`), { status });

test('files are sent one after the other', async () => {
  let open = 0;
  let most = 0;
  const { queue, states } = queueOf(async () => {
    open += 1;
    most = Math.max(most, open);
    await new Promise((done) => setTimeout(done, 1));
    open -= 1;
  });
  const first = queue.add([file('a'), file('b')]);
  assert.equal(queue.busy, true);
  queue.add([file('c')]);
  await first;
  assert.equal(most, 1);
  assert.equal(queue.busy, false);
  assert.equal(queue.incomplete, false);
  assert.deepEqual(
    states.filter((state) => state.endsWith('done')),
    ['a done', 'b done', 'c done'],
  );
});

test('a file above the limit is not sent and the others are', async () => {
  const sent = [];
  const { queue } = queueOf(async (one) => sent.push(one.name));
  await queue.add([file('a'), file('large', 101), file('b')]);
  assert.deepEqual(sent, ['a', 'b']);
  assert.deepEqual(
    queue.uploads.map((upload) => [upload.state, upload.message]),
    [
      ['done', ''],
      ['refused', 'too large'],
      ['done', ''],
    ],
  );
  assert.equal(queue.incomplete, true);
});

test('a failed file can be sent again and a refused one says why', async () => {
  const answers = [failure(0), failure(422), null, null];
  const { queue } = queueOf(async () => {
    const error = answers.shift();
    if (error) throw error;
  });
  await queue.add([file('a'), file('b'), file('c')]);
  assert.deepEqual(
    queue.uploads.map((upload) => upload.state),
    ['failed', 'refused', 'done'],
  );
  assert.equal(queue.uploads[0].message, 'no connection');
  assert.equal(queue.uploads[1].message, 'status 422');
  await queue.again(queue.uploads[0]);
  assert.equal(queue.uploads[0].state, 'done');
});

test('progress reaches the page', async () => {
  const { queue } = queueOf(async (_file, progress) => progress(0.5));
  await queue.add([file('a')]);
  assert.equal(queue.uploads[0].share, 0.5);
});
