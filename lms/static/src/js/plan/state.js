// The plan's state in the page: applies the same changes as the server (courses/programmes/edits.py).
// state = {workload, kinds: [{lineage, name}], sections: [{lineage, title, stated, topics: [{lineage, title, class_form, control_form, hours}]}], texts}

export const copy = (state) => JSON.parse(JSON.stringify(state));
export const section = (state, lineage) => state.sections.find((one) => one.lineage === lineage);
export const topics = (state) => state.sections.flatMap((one) => one.topics);
export const topic = (state, lineage) => topics(state).find((one) => one.lineage === lineage);
export const sectionOf = (state, lineage) =>
  state.sections.find((one) => one.topics.some((row) => row.lineage === lineage));

/** Hours as people type them, in canonical form: '1.5', '' for zero; null for anything but a multiple of 0.25. */
export function hours(text, most = 1000) {
  const typed = text.replace(/\s/g, '').replace(',', '.');
  if (['', '-', '–', '—'].includes(typed)) return '';
  if (!/^(\d{1,6}(\.\d{1,6})?|\.\d{1,6})$/.test(typed)) return null;
  const value = Number(typed);
  if (value > most || (value * 4) % 1) return null;
  return value ? String(value) : '';
}

const isHours = (cell) => cell.includes(':hours:') || cell.includes(':stated:') || cell === 'part:workload';

/** Returns the cell's value for this input; null when the server would refuse it. */
export function canonical(cell, text) {
  if (isHours(cell)) return hours(text, cell === 'part:workload' ? 10000 : 1000);
  if (cell.startsWith('part:') && cell !== 'part:title') return text.replace(/\r\n?/g, '\n').trim();
  return text.replace(/\s+/g, ' ').trim();
}

/** Returns the cell's value; undefined when its row or column is missing. */
export function read(state, cell) {
  const [of, row, field, kind] = cell.split(':');
  if (of === 'topic') {
    const found = topic(state, row);
    if (!found) return undefined;
    return field === 'hours' ? (found.hours[kind] ?? '') : found[field];
  }
  if (of === 'section') {
    const found = section(state, row);
    if (!found) return undefined;
    return field === 'title' ? found.title : (found.stated[kind] ?? '');
  }
  return row === 'workload' ? state.workload : state.texts[row];
}

function write(state, cell, value) {
  const [of, row, field, kind] = cell.split(':');
  const put = (mapping) => {
    if (value) mapping[kind] = value;
    else delete mapping[kind];
  };
  if (of === 'topic') {
    const found = topic(state, row);
    if (field === 'hours') put(found.hours);
    else found[field] = value;
  } else if (of === 'section') {
    const found = section(state, row);
    if (field === 'title') found.title = value;
    else put(found.stated);
  } else if (row === 'workload') state.workload = value;
  else state.texts[row] = value;
}

function insert(rows, row, after) {
  const at = after === '' ? 0 : after === undefined ? rows.length : rows.findIndex((one) => one.lineage === after) + 1;
  rows.splice(at || (after === '' ? 0 : rows.length), 0, row);
}

function remove(rows, lineage) {
  const at = rows.findIndex((one) => one.lineage === lineage);
  return at < 0 ? null : rows.splice(at, 1)[0];
}

const deeds = {
  set(state, { cell, value }) {
    if (read(state, cell) !== undefined) write(state, cell, value);
  },
  add_section(state, { lineage, title = '', after }) {
    if (!section(state, lineage)) insert(state.sections, { lineage, title, stated: {}, topics: [] }, after);
  },
  add_topic(
    state,
    { lineage, section: into, title = '', class_form = '', control_form = '', hours: given = {}, after },
  ) {
    const target = section(state, into);
    if (target && !topic(state, lineage))
      insert(target.topics, { lineage, title, class_form, control_form, hours: { ...given } }, after);
  },
  move(state, { lineage, section: into, after }) {
    const own = section(state, lineage);
    if (own) {
      remove(state.sections, lineage);
      insert(state.sections, own, after);
      return;
    }
    const target = section(state, into);
    if (!target || !topic(state, lineage)) return;
    const row = remove(sectionOf(state, lineage).topics, lineage);
    insert(target.topics, row, after);
  },
  delete(state, { lineage }) {
    if (section(state, lineage)) remove(state.sections, lineage);
    else if (topic(state, lineage)) remove(sectionOf(state, lineage).topics, lineage);
  },
};

/** Returns the state after these changes, without changing the given one. */
export function after(state, changes) {
  const made = copy(state);
  for (const change of changes) deeds[change.do]?.(made, change);
  return made;
}

/** Lineage → the number shown. */
export function numbers(state) {
  const found = new Map();
  state.sections.forEach((one, place) => {
    found.set(one.lineage, String(place + 1));
    for (const [spot, row] of one.topics.entries()) found.set(row.lineage, `${place + 1}.${spot + 1}`);
  });
  return found;
}

const add = (values) => values.reduce((sum, value) => sum + Number(value || 0), 0);
export const topicSum = (row) => add(Object.values(row.hours));
export const sum = (rows, kind) =>
  kind === 'total' ? add(rows.map(topicSum)) : add(rows.map((row) => row.hours[kind]));

/** Sections whose stated sums differ: [{section, gap, kinds: [{kind, stated, sum}]}], `gap` above zero for too many. */
export function unbalanced(state) {
  return state.sections
    .map((one) => {
      const kinds = ['total', ...state.kinds.map((kind) => kind.lineage)]
        .filter((kind) => kind in one.stated && Number(one.stated[kind]) !== sum(one.topics, kind))
        .map((kind) => ({ kind, stated: Number(one.stated[kind]), sum: sum(one.topics, kind) }));
      return { section: one, kinds, gap: kinds.length ? kinds[0].sum - kinds[0].stated : 0 };
    })
    .filter((one) => one.kinds.length);
}

/** Topics whose hours are not multiples of 0.25; an import may contain them. */
export const uneven = (state) =>
  topics(state).filter((row) => Object.values(row.hours).some((value) => (Number(value) * 4) % 1));

/** Returns the cell that can absorb the difference: the given topic's if possible, else the one with the most hours. */
export function givingWay({ section: own, kinds }, preferred) {
  const off = kinds.find((one) => one.kind !== 'total') ?? kinds[0];
  const gap = off.sum - off.stated;
  const cells = own.topics.flatMap((row) =>
    Object.entries(row.hours)
      .filter(([kind, value]) => (off.kind === 'total' || kind === off.kind) && Number(value) >= gap)
      .map(([kind, value]) => ({ row, kind, value: Number(value), gap })),
  );
  return cells.find((one) => one.row.lineage === preferred) ?? cells.sort((a, b) => b.value - a.value)[0] ?? null;
}
