// Tests of js/form-values.js, with plain objects as controls. Run by `node --test`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isComplete, readValues, writeValues } from '../../lms/static/src/js/form-values.js';

const text = (name, value = '') => ({ name, type: 'text', value });
const box = (type, name, value, checked = false) => ({ name, type, value, checked });
const list = (name, ...options) => ({
  name,
  type: 'select-multiple',
  multiple: true,
  options: options.map(([value, selected]) => ({ value, selected })),
});

const form = () => [
  text('title', 'Lesson'),
  box('radio', 'form', 'lecture'),
  box('radio', 'form', 'practice', true),
  box('checkbox', 'days', 'mon', true),
  box('checkbox', 'days', 'tue', true),
  list('groups', ['1', true], ['2', false], ['3', true]),
  text('step', 'one'),
  text('step', 'two'),
];
const pairs = [
  ['title', 'Lesson'],
  ['form', 'practice'],
  ['days', 'mon'],
  ['days', 'tue'],
  ['groups', '1'],
  ['groups', '3'],
  ['step', 'one'],
  ['step', 'two'],
];

test('readValues returns checked boxes, selected options and texts in order', () => {
  assert.deepEqual(readValues(form()), pairs);
});

test('writeValues restores what readValues returned, also two texts of one name', () => {
  const other = form();
  other[0].value = 'Other';
  other[1].checked = true;
  other[2].checked = other[3].checked = other[4].checked = false;
  for (const option of other[5].options) option.selected = option.value === '2';
  other[6].value = other[7].value = '';
  writeValues(other, pairs);
  assert.deepEqual(readValues(other), pairs);
});

test('writeValues leaves a text without a pair alone and reports only written controls', () => {
  const controls = [text('new', 'kept'), text('title', 'old')];
  const written = [];
  writeValues(controls, [['title', 'fresh']], (control) => written.push(control.name));
  assert.deepEqual(
    controls.map((control) => control.value),
    ['kept', 'fresh'],
  );
  assert.deepEqual(written, ['title']);
});

test('isComplete wants a value that is not blank for every name', () => {
  assert.equal(isComplete([text('a', 'x'), box('radio', 'b', '1'), box('radio', 'b', '2', true)]), true);
  assert.equal(isComplete([text('a', '  ')]), false);
  assert.equal(isComplete([text('a', 'x'), box('radio', 'b', '1')]), false);
});
