// The thematic plan's editor: updates sums while typing, saves changes, moves rows by keyboard and by dragging.
import { find, findAll, h, icon, settle } from '../js/dom.js';
import { Queue } from '../js/plan/queue.js';
import * as plan from '../js/plan/state.js';
import { Table, cellOf } from '../js/plan/table.js';
import { _, clock, ngettext, number } from '../js/texts.js';
import { toast } from '../js/toast.js';

const form = find('#plan-form');
const send = find('#send');
const savingLine = find('#saving');
const lineage = () =>
  crypto.randomUUID?.() ??
  '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, (c) =>
    (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16),
  );

let server = JSON.parse(find('#plan-base').value);
let state = server;
const queue = new Queue(form.dataset.plan, form.dataset.key, { taken, said });
const table = new Table(find('#plan'), queue);

// Saving state and sums

function refresh() {
  state = plan.after(server, queue.changes);
  table.show(state);
  verdict();
}

function taken(answers, fresh, batch) {
  const columns = (of) => of.kinds.map((kind) => kind.lineage + kind.name).join();
  const before = state;
  if (columns(fresh) !== columns(server)) {
    queue.store();
    window.location.reload();
    return;
  }
  server = fresh;
  const sent = new Map(batch.map((change) => [change.id, change]));
  for (const answer of answers) settleAnswer(answer, sent.get(answer.id), before);
  refresh();
}

function settleAnswer(answer, change, before) {
  if (answer.outcome === 'conflict' && change.do === 'set')
    queue.aside(change.cell, { mine: change.value, theirs: answer.current });
  else if (answer.outcome === 'conflict')
    toast(_('«%(title)s» was changed by somebody else meanwhile and stays.', { title: answer.current }), 'warn');
  else if (answer.outcome === 'refused' && change.cell)
    queue.aside(change.cell, { mine: change.value, message: answer.message });
  else if (answer.outcome === 'refused') toast(answer.message, 'stop');
  else if (answer.outcome === 'gone') gone(change, before);
}

function gone(change, before) {
  const row = change.cell && plan.topic(before, change.cell.split(':')[1]);
  const into = row && plan.sectionOf(before, row.lineage);
  if (!row || !plan.section(server, into.lineage)) {
    toast(_('This row was deleted by somebody else meanwhile.'), 'warn');
    return;
  }
  toast(_('«%(title)s» was deleted by somebody else meanwhile.', { title: row.title }), 'warn', {
    stay: 0,
    action: { label: _('Put it back'), run: () => change_({ do: 'add_topic', section: into.lineage, ...row }) },
  });
}

function said(now) {
  const waiting = queue.changes.length;
  const faults = Object.keys(queue.asides).length;
  let sign = 'cloud-check';
  let words = queue.savedAt
    ? _('Saved at %(time)s', { time: clock(queue.savedAt) })
    : _('Changes are saved by themselves');
  if (queue.stopped === 'line' && waiting) {
    sign = 'cloud-off';
    words = ngettext(
      'No connection: %(num)s change is saved when it is back',
      'No connection: %(num)s changes are saved when it is back',
      waiting,
    );
  } else if (queue.stopped === 'session') {
    sign = 'lock';
    words = ngettext(
      'The session has ended: %(num)s change is kept on this device.',
      'The session has ended: %(num)s changes are kept on this device.',
      waiting,
    );
  } else if (queue.stopped === 'refused') {
    sign = 'alert-circle';
    words = queue.message;
  } else if (waiting || now === 'sending') {
    sign = 'cloud-upload';
    words = queue.onDevice === false ? _('Saving…') : _('Saving… a copy is on this device');
  } else if (faults) {
    sign = 'alert-triangle';
    words = ngettext('Saved, except %(num)s cell that asks you', 'Saved, except %(num)s cells that ask you', faults);
  }
  const login =
    queue.stopped === 'session'
      ? [' ', h('a', { href: `/log-in?next=${encodeURIComponent(window.location.pathname)}` }, _('Log in again'))]
      : [];
  savingLine.replaceChildren(icon(sign), ' ', h('span', {}, words, ...login));
}

// Problems and warnings

const blank = (row) => !row.title;

function verdict() {
  const off = plan.unbalanced(state);
  const untitled = [...state.sections, ...plan.topics(state)].filter(blank);
  const total = plan.sum(plan.topics(state), 'total');
  const stated = Number(state.workload || 0);
  const gap = total - stated;
  const rows = [...plan.uneven(state), ...untitled];
  // A section counts once; the workload only when no section explains it.
  const problems = off.length + rows.length + ((gap && !off.length) || !total ? 1 : 0) + Number(form.dataset.elsewhere);
  const first = off.length
    ? `fix-${off[0].section.lineage}`
    : rows.length
      ? `row-${rows[0].lineage}`
      : gap || !total
        ? 'bal'
        : 'elsewhere';
  showWorkload(total, stated, gap);
  showTools(problems, first);
  showBar(total, stated, problems, first, gap);
  if (send.value === 'send') showSend(problems, off, first);
}

function showWorkload(total, stated, gap) {
  const values = { hours: number(stated), gap: number(Math.abs(gap)) };
  const bal = find('#bal');
  bal.className = `st ${gap ? 'st-warn' : 'st-ok'}`;
  bal.replaceChildren(
    gap ? icon('alert-triangle') : icon('check'),
    h(
      'span',
      {},
      !gap
        ? _('agrees with the stated %(hours)s h', values)
        : gap > 0
          ? _('stated %(hours)s h, %(gap)s too many', values)
          : _('stated %(hours)s h, %(gap)s missing', values),
    ),
  );
  const agree = find('#agree-workload');
  agree.hidden = !gap || !total;
  agree.textContent = _('State %(hours)s h', { hours: number(total) });
}

function showTools(problems, first) {
  const stop = find('#stop');
  stop.hidden = !problems;
  stop.setAttribute('href', `#${first}`);
  stop.lastElementChild.textContent = _('Blocks sending: %(count)s', { count: problems });
  find('#fine').hidden = Boolean(problems);
  const numbers = plan.numbers(state);
  const rows = plan.topics(state);
  const lacks = [
    [rows.filter((row) => !row.class_form), _('No form of class is given.')],
    [rows.filter((row) => !row.control_form), _('No form of control is given.')],
  ].filter(([lacking]) => lacking.length);
  const leave = find('#leave');
  leave.hidden = !lacks.length;
  if (!lacks.length) return;
  const [lacking, message] = lacks[0];
  const places =
    lacking
      .slice(0, 5)
      .map((row) => _('Topic %(number)s', { number: numbers.get(row.lineage) }))
      .join(', ') + (lacking.length > 5 ? '…' : '');
  leave.setAttribute('href', `#row-${lacking[0].lineage}`);
  leave.lastElementChild.textContent = _('Remarks: %(count)s. %(first)s', {
    count: lacks.length,
    first: `${places}: ${message}`,
  });
}

function showBar(total, stated, problems, first, gap) {
  find('#bar-total').textContent = number(total);
  find('#bar-of').textContent = _('of %(hours)s h', { hours: number(stated) });
  find('#bar-kinds').textContent = state.kinds
    .map(
      (kind) =>
        `${kind.name.slice(0, 1)} ${plan.sum(plan.topics(state), kind.lineage) ? number(plan.sum(plan.topics(state), kind.lineage)) : '–'}`,
    )
    .join(' · ');
  const go = find('#bar-go');
  go.hidden = !problems;
  go.setAttribute('href', `#${first}`);
  const hours = { hours: number(Math.abs(gap)) };
  go.lastElementChild.textContent =
    gap > 0 ? _('%(hours)s h too many', hours) : gap < 0 ? _('%(hours)s h missing', hours) : _('What does not hold');
}

function showSend(problems, off, first) {
  const why = find('#why');
  why.hidden = !problems;
  if (problems) {
    send.setAttribute('aria-disabled', 'true');
    send.setAttribute('aria-describedby', 'why');
  } else {
    send.removeAttribute('aria-disabled');
    send.removeAttribute('aria-describedby');
  }
  const link = find('#why-link');
  link.setAttribute('href', `#${first}`);
  link.textContent = off.length
    ? _('make the hours of section %(number)s add up', { number: plan.numbers(state).get(off[0].section.lineage) })
    : _('put right what blocks it');
}

// Changes

function change_(change) {
  queue.put(change);
  refresh();
}

function setCell(cell, value) {
  change_({ do: 'set', cell, base: plan.read(server, cell) ?? '', value });
}

function typed(control) {
  const cell = cellOf(control);
  const value = plan.canonical(cell, control.value);
  if (value === null) {
    queue.aside(cell, {
      mine: control.value,
      message: _('Hours are a number from 0 to %(most)s in steps of 0.25.', {
        most: cell === 'part:workload' ? 10000 : 1000,
      }),
    });
    table.asides();
    said();
    return;
  }
  const aside = queue.asides[cell];
  if (aside) queue.aside(cell, null);
  if (value === plan.read(state, cell)) {
    table.asides();
    said();
    return;
  }
  const base = aside?.theirs ?? plan.read(server, cell) ?? '';
  change_({ do: 'set', cell, base, value });
}

function addTopic(into, after) {
  const made = lineage();
  change_({ do: 'add_topic', lineage: made, section: into, ...(after === undefined ? {} : { after }) });
  open(made);
}

function addSection() {
  const made = lineage();
  change_({ do: 'add_section', lineage: made });
  open(made);
}

function open(made) {
  const row = table.row(made);
  unfold(row, true);
  find('.ti textarea', row).focus();
  row.scrollIntoView({ block: 'nearest' });
}

function step(name, up) {
  const own = plan.section(state, name);
  const home = own ? null : plan.sectionOf(state, name);
  const rows = own ? state.sections : home.topics;
  const at = rows.findIndex((row) => row.lineage === name);
  if (up ? at > 0 : at < rows.length - 1) {
    const after = up ? (rows[at - 2]?.lineage ?? '') : rows[at + 1].lineage;
    return change_({ do: 'move', lineage: name, after, ...(own ? {} : { section: home.lineage }) });
  }
  const target = !own && state.sections[state.sections.indexOf(home) + (up ? -1 : 1)];
  if (target) change_({ do: 'move', lineage: name, section: target.lineage, ...(up ? {} : { after: '' }) });
}

function remove(name) {
  const own = plan.section(state, name);
  const row = own ?? plan.topic(state, name);
  const into = own ? null : plan.sectionOf(state, name);
  const rows = own ? state.sections : into.topics;
  const before = rows[rows.indexOf(row) - 1]?.lineage ?? '';
  const next = table.row(name).nextElementSibling ?? table.row(name).previousElementSibling;
  const known = own ? plan.section(server, name)?.topics.map((one) => one.lineage) : plan.topic(server, name);
  const unsent = queue.changes.some((change) => change.lineage === name || change.cell?.includes(name));
  change_({ do: 'delete', lineage: name, ...(known && !unsent ? { seen: known } : {}) });
  find('textarea', next ?? table.table)?.focus();
  toast(own ? _('The section with its topics is deleted.') : _('The topic is deleted.'), 'ok', {
    stay: 12000,
    action: { label: _('Undo'), run: () => putBack(row, into, before) },
  });
}

function putBack(row, into, before) {
  if (into) return change_({ do: 'add_topic', section: into.lineage, after: before, ...row });
  queue.put({ do: 'add_section', lineage: row.lineage, title: row.title, after: before });
  for (const topic of row.topics) queue.put({ do: 'add_topic', section: row.lineage, ...topic });
  for (const [kind, value] of Object.entries(row.stated))
    queue.put({ do: 'set', cell: `section:${row.lineage}:stated:${kind}`, base: '', value });
  refresh();
}

function trim(name) {
  const off = plan.unbalanced(state).find((one) => one.section.lineage === name);
  const way = off && plan.givingWay(off, table.inHand);
  if (!way) return;
  const cell = `topic:${way.row.lineage}:hours:${way.kind}`;
  setCell(cell, plan.hours(String(way.value - way.gap)));
  unfold(table.row(way.row.lineage), true);
  table.control(cell).focus();
}

function agree(name) {
  const off = plan.unbalanced(state).find((one) => one.section.lineage === name);
  for (const { kind, sum } of off?.kinds ?? [])
    queue.put({
      do: 'set',
      cell: `section:${name}:stated:${kind}`,
      base: plan.read(server, `section:${name}:stated:${kind}`),
      value: plan.hours(String(sum)),
    });
  refresh();
  find('.ti textarea', table.row(name)).focus();
}

// Keyboard and dragging

function unfold(row, wanted) {
  const fold = find('.fold', row);
  if (!fold) return;
  row.classList.toggle('open', wanted);
  fold.setAttribute('aria-expanded', String(wanted));
}

function closeMenu() {
  find('.row-menu')?.remove();
}

function menu(button, name) {
  const again = button.nextElementSibling?.classList.contains('row-menu');
  closeMenu();
  if (again) return;
  const own = plan.section(state, name);
  const item = (sign, label, run) =>
    h(
      'li',
      {},
      h(
        'button',
        {
          type: 'button',
          onclick: () => {
            closeMenu();
            run();
          },
        },
        sign,
        label,
      ),
    );
  const box = h(
    'div',
    { class: 'menu row-menu', role: 'group', 'aria-label': button.getAttribute('aria-label') },
    h(
      'ul',
      {},
      item(icon('arrow-up'), _('Up'), () => {
        step(name, true);
        find('.more', table.row(name)).focus();
      }),
      item(icon('arrow-down'), _('Down'), () => {
        step(name, false);
        find('.more', table.row(name)).focus();
      }),
      item(icon('plus'), own ? _('Topic') : _('Topic below'), () =>
        addTopic(own ? name : plan.sectionOf(state, name).lineage, own ? undefined : name),
      ),
      item(icon('trash'), _('Delete'), () => remove(name)),
    ),
  );
  button.after(box);
  find('button', box).focus();
}

function along(control, down) {
  const row = control.closest('tr');
  const place = [...row.cells].indexOf(control.closest('td'));
  let next = row;
  do next = down ? next.nextElementSibling : next.previousElementSibling;
  while (next && !next.classList.contains('topic') && !(place === 1 && next.classList.contains('sec')));
  const target = next && find('input, textarea', next.cells[place]);
  if (!target) return false;
  target.focus();
  target.select?.();
  return true;
}

function key(event) {
  const row = event.target.closest('tr[data-row]');
  if (event.key === 'Escape') {
    const button = find('.row-menu')?.previousElementSibling;
    closeMenu();
    button?.focus();
  }
  if (!row) return;
  const vertical = event.key === 'ArrowUp' || event.key === 'ArrowDown';
  if (vertical && event.altKey) {
    event.preventDefault();
    const cell = cellOf(event.target);
    step(row.dataset.row, event.key === 'ArrowUp');
    (cell ? table.control(cell) : find('.ti textarea', table.row(row.dataset.row))).focus();
  } else if (event.key === 'Enter' && cellOf(event.target)) {
    event.preventDefault();
    along(event.target, !event.shiftKey);
  } else if (vertical && event.target.matches('.h input')) {
    if (along(event.target, event.key === 'ArrowDown')) event.preventDefault();
  }
}

function click(event) {
  const at = (selector) => event.target.closest(selector);
  const row = at('tr[data-row]');
  if (!at('.row-menu') && !at('button.more')) closeMenu();
  if (at('button.more')) {
    event.preventDefault();
    menu(at('button.more'), row.dataset.row);
  } else if (at('.fold')) unfold(row, at('.fold').getAttribute('aria-expanded') !== 'true');
  else if (at('.add')) {
    event.preventDefault();
    addTopic(row.dataset.row);
  } else if (at('#add-section')) {
    event.preventDefault();
    addSection();
  } else if (at('[data-trim]')) {
    event.preventDefault();
    trim(at('[data-trim]').dataset.trim);
  } else if (at('[data-agree]')) agree(at('[data-agree]').dataset.agree);
  else if (at('#agree-workload')) {
    event.preventDefault();
    setCell('part:workload', plan.hours(String(plan.sum(plan.topics(state), 'total')), 10000));
  } else if (at('[data-mine]')) keepMine(at('[data-mine]').dataset.mine);
  else if (at('[data-theirs]')) {
    queue.aside(at('[data-theirs]').dataset.theirs, null);
    refresh();
    said();
  }
}

function keepMine(cell) {
  const { mine, theirs } = queue.asides[cell];
  queue.aside(cell, null);
  change_({ do: 'set', cell, base: theirs, value: plan.canonical(cell, mine) });
}

async function submit(event) {
  const deed = event.submitter?.value ?? 'save';
  if (!['send', 'create', 'save'].includes(deed)) return;
  event.preventDefault();
  if (deed === 'send' && send.getAttribute('aria-disabled') === 'true') {
    find('#why-link').focus();
    return;
  }
  if (send.dataset.busy) return;
  send.dataset.busy = 'yes';
  const done = await queue.flush();
  delete send.dataset.busy;
  if (Object.keys(queue.asides).length) {
    find('[aria-invalid="true"]', form)?.focus();
    return;
  }
  if (!done || deed === 'save') return;
  // Everything is saved: the form can be submitted.
  for (const control of table.controls()) control.disabled = true;
  form.append(h('input', { type: 'hidden', name: 'do', value: deed }));
  form.submit();
}

async function dragging() {
  let sortable;
  try {
    ({ sortable } = await import('../js/sort.js'));
  } catch {
    window.addEventListener('online', () => setTimeout(dragging, 1000), { once: true }); // the keyboard still moves rows
    return;
  }
  sortable(table.body, {
    draggable: 'tr[data-row]',
    moved({ item }) {
      const rows = findAll('tr[data-row]', table.body);
      const at = rows.indexOf(item);
      const before = rows[at - 1];
      const into = rows.slice(0, at).findLast?.((row) => row.classList.contains('sec')) ?? find('tr.sec', table.body);
      const after = before?.classList.contains('topic') ? before.dataset.row : '';
      change_({ do: 'move', lineage: item.dataset.row, section: into.dataset.row, after });
    },
  });
  table.body.dataset.drags = 'rows'; // tells tests that rows can be dragged
}

form.addEventListener('input', (event) => {
  if (cellOf(event.target)) {
    table.inHand = event.target.closest('tr[data-row]')?.dataset.row;
    typed(event.target);
  }
});
form.addEventListener('focusin', (event) => {
  if (event.target.matches('.h input')) event.target.select();
});
form.addEventListener('focusout', (event) => {
  const cell = cellOf(event.target);
  if (!cell || cell in queue.asides || !(cell.includes(':hours:') || cell === 'part:workload')) return;
  const value = plan.read(state, cell);
  event.target.value = value ? number(Number(value)) : '';
});
form.addEventListener('keydown', key);
document.addEventListener('click', click);
form.addEventListener('submit', submit);
find('#plan').classList.add('is-live');
refresh();
said();
if (queue.changes.length) {
  toast(
    ngettext(
      '%(num)s change that was not saved is put back.',
      '%(num)s changes that were not saved are put back.',
      queue.changes.length,
    ),
    'info',
  );
  queue.soon(0);
}
settle(dragging, 400)();
