// The plan as the editor's page knows it: hours as they are typed, changes, sums. Run by `node --test`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as plan from '../../lms/static/src/js/plan/state.js';

const state = () => ({
  workload: '8',
  kinds: [{ lineage: 'k', name: 'Lecture' }],
  sections: [
    {
      lineage: 's',
      title: 'Section',
      stated: { total: '8' },
      topics: [
        { lineage: 'a', title: 'A', class_form: '', control_form: '', hours: { k: '4' } },
        { lineage: 'b', title: 'B', class_form: '', control_form: '', hours: { k: '6' } },
      ],
    },
  ],
  texts: {},
});

test('hours accept quarters in either notation and refuse the rest', () => {
  assert.equal(plan.hours('1,5'), '1.5');
  assert.equal(plan.hours(' – '), '');
  assert.equal(plan.hours('0'), '');
  for (const wrong of ['1.1', 'two', '1001', '-1']) assert.equal(plan.hours(wrong), null);
});

test('after applies changes in order and leaves the given state alone', () => {
  const before = state();
  const made = plan.after(before, [
    { do: 'add_section', lineage: 't', title: 'Second' },
    { do: 'move', lineage: 'a', section: 't', after: '' },
    { do: 'set', cell: 'topic:b:hours:k', value: '2' },
  ]);
  assert.deepEqual(before, state());
  assert.deepEqual(
    [...plan.numbers(made)],
    [
      ['s', '1'],
      ['b', '1.1'],
      ['t', '2'],
      ['a', '2.1'],
    ],
  );
  assert.equal(plan.sum(plan.topics(made), 'total'), 6);
});

test('unbalanced names the gap and givingWay the topic that can close it', () => {
  const [off] = plan.unbalanced(state());
  assert.equal(off.gap, 2);
  assert.equal(plan.givingWay(off).row.lineage, 'b');
  assert.equal(plan.givingWay(off, 'a').row.lineage, 'a');
});

test('a change of a row that is gone does nothing', () => {
  assert.deepEqual(plan.after(state(), [{ do: 'set', cell: 'topic:x:title', value: 'X' }]), state());
});
