// The table: creates rows from the page's templates, orders, numbers, labels and sums them.
import { find, findAll, h, icon } from '../dom.js';
import { _, number } from '../texts.js';
import * as plan from './state.js';

const BLANK = /00000000-0000-0000-0000-000000000000/g;
export const say = (value) => (value ? number(value) : '–');
export const cellOf = (control) => (/^(topic|section|part):/.test(control.name ?? '') ? control.name : null);
const spoken = (cell, value) =>
  cell.includes(':hours:') || cell === 'part:workload' ? (value ? number(Number(value)) : '') : value;

function make(kind, lineage) {
  const row = document.importNode(find(`#new-${kind}`).content.querySelector('tr'), true);
  for (const element of [row, ...findAll('*', row)]) {
    for (const attribute of element.attributes) {
      if (attribute.value.includes('00000000-')) attribute.value = attribute.value.replace(BLANK, lineage);
    }
  }
  return row;
}

export class Table {
  constructor(table, queue) {
    this.table = table;
    this.body = table.tBodies[0];
    this.queue = queue;
  }

  row(lineage) {
    return this.body.querySelector(`tr[data-row="${lineage}"]`);
  }

  controls() {
    return findAll('textarea, input', this.table.closest('form')).filter(cellOf);
  }

  control(cell) {
    return this.table.closest('form').querySelector(`[name="${cell}"]`);
  }

  /** Updates the table from the state, except the field being typed in. */
  show(state) {
    this.arrange(state);
    const numbers = plan.numbers(state);
    for (const control of this.controls()) {
      const cell = cellOf(control);
      const value = plan.read(state, cell);
      if (value === undefined || cell in this.queue.asides) continue;
      const typing = control === document.activeElement && plan.canonical(cell, control.value) === value;
      if (!typing && plan.canonical(cell, control.value) !== value) control.value = spoken(cell, value);
    }
    for (const [lineage, text] of numbers) this.label(this.row(lineage), text, state);
    this.sums(state);
    this.lacks(state);
    this.fixes(state, numbers);
    this.asides();
  }

  arrange(state) {
    const wanted = state.sections.flatMap((section) => [
      ['section', section.lineage],
      ...section.topics.map((row) => ['topic', row.lineage]),
    ]);
    const keep = new Set(wanted.map(([, lineage]) => lineage));
    const focus = document.activeElement;
    for (const row of findAll('tr', this.body)) {
      if (!row.dataset.row || !keep.has(row.dataset.row)) row.remove();
    }
    let before = null;
    for (const [kind, lineage] of wanted) {
      const row = this.row(lineage) ?? make(kind, lineage);
      const next = before ? before.nextElementSibling : this.body.firstElementChild;
      if (next !== row) this.body.insertBefore(row, next);
      before = row;
    }
    if (focus?.isConnected && focus !== document.activeElement) focus.focus({ preventScroll: true });
  }

  label(row, text, state) {
    const place = find('.no span, .no:not(:has(span))', row) ?? find('.no', row);
    if (place.textContent !== text) place.textContent = text;
    const name = (selector, label) => find(selector, row)?.setAttribute('aria-label', label);
    if (row.classList.contains('sec')) {
      name('.ti textarea', _('Section %(number)s: title', { number: text }));
      name('.more', _('Section %(number)s: actions', { number: text }));
      return;
    }
    name('.ti textarea', _('%(number)s: title of the topic', { number: text }));
    name('.grab', _('Topic %(number)s: move', { number: text }));
    name('.more', _('Topic %(number)s: actions', { number: text }));
    name('.fold', _('Topic %(number)s: hours and forms', { number: text }));
    name('.fo input', _('%(number)s: form of class', { number: text }));
    name('.co input', _('%(number)s: form of control', { number: text }));
    for (const [at, input] of findAll('.h input', row).entries()) {
      const kind = state.kinds[at]?.name ?? '';
      input.setAttribute('aria-label', _('%(number)s: %(kind)s, hours', { number: text, kind }));
    }
  }

  sums(state) {
    for (const section of state.sections) {
      for (const cell of findAll('[data-sum]', this.row(section.lineage))) {
        const kind = cell.dataset.sum;
        const value = plan.sum(section.topics, kind);
        const stated =
          kind in section.stated && Number(section.stated[kind]) !== value ? Number(section.stated[kind]) : null;
        cell.replaceChildren(
          say(value),
          ...(stated === null ? [] : [h('small', {}, _('stated %(hours)s', { hours: number(stated) }))]),
        );
        cell.classList.toggle('off', stated !== null);
      }
      for (const row of section.topics)
        find('.tot', this.row(row.lineage)).textContent = plan.topicSum(row) ? number(plan.topicSum(row)) : '';
    }
    const all = plan.topics(state);
    for (const cell of findAll('tfoot [data-sum]', this.table)) cell.textContent = say(plan.sum(all, cell.dataset.sum));
  }

  /** Shows a topic's warnings at its cells. */
  lacks(state) {
    const rows = plan.topics(state);
    const none = rows.length > 3 && rows.every((row) => !row.class_form); // the plan has no forms: one warning above the table
    for (const row of rows) {
      const cell = find('.fo', this.row(row.lineage));
      const note = find('.lack', cell);
      if (none || row.class_form || !row.title) note?.remove();
      else if (!note)
        cell.append(h('small', { class: 'st st-warn lack' }, icon('info-circle'), _('form is not given')));
    }
  }

  fixes(state, numbers) {
    for (const row of findAll('tr.fix', this.body)) row.remove();
    const names = new Map([['total', _('Overall')], ...state.kinds.map((kind) => [kind.lineage, kind.name])]);
    for (const one of plan.unbalanced(state)) {
      const { section, kinds, gap } = one;
      const way = plan.givingWay(one, this.inHand);
      const many = gap > 0;
      const words = kinds.map(({ kind, stated, sum }) =>
        _('%(kind)s: stated %(stated)s h, by topics %(sum)s h.', {
          kind: names.get(kind),
          stated: number(stated),
          sum: number(sum),
        }),
      );
      const place = way && numbers.get(way.row.lineage);
      const row = h(
        'tr',
        { class: 'fix', id: `fix-${section.lineage}` },
        h(
          'td',
          { colspan: state.kinds.length + 6 },
          h(
            'div',
            { class: 'row-x' },
            h(
              'span',
              { class: 'st st-warn' },
              icon('alert-triangle'),
              h(
                'span',
                {},
                many
                  ? _('%(hours)s h too many', { hours: number(gap) })
                  : _('%(hours)s h missing', { hours: number(-gap) }),
              ),
            ),
            h(
              'span',
              { class: 'why' },
              `${_('Section %(number)s', { number: numbers.get(section.lineage) })}. ${words.join(' ')}`,
            ),
            h(
              'span',
              { class: 'row-x push' },
              way &&
                h(
                  'button',
                  { class: 'btn btn-line', type: 'button', 'data-trim': section.lineage },
                  many
                    ? _('Take it from topic %(number)s', { number: place })
                    : _('Add it to topic %(number)s', { number: place }),
                ),
              h(
                'button',
                { class: 'btn btn-bare', type: 'button', 'data-agree': section.lineage },
                _('Keep %(hours)s', { hours: number(kinds[0].sum) }),
              ),
            ),
          ),
        ),
      );
      this.row(section.lineage).after(row);
    }
  }

  /** Shows a conflict of two people, or the reason why a value is refused, at its cell. */
  asides() {
    const at = new Map(Object.entries(this.queue.asides));
    for (const control of this.controls()) {
      const cell = cellOf(control);
      const aside = at.get(cell);
      const note = control.parentElement.querySelector('.cell-fault');
      if (note?.dataset.says === JSON.stringify(aside)) continue;
      note?.remove();
      control.removeAttribute('aria-invalid');
      control.removeAttribute('aria-describedby');
      if (!aside) continue;
      const id = `fault-${cell.replaceAll(':', '-')}`;
      control.value = aside.mine;
      control.setAttribute('aria-invalid', 'true');
      control.setAttribute('aria-describedby', id);
      control.after(
        h(
          'small',
          { class: 'cell-fault', id, role: 'alert', 'data-says': JSON.stringify(aside) },
          ...this.words(cell, aside),
        ),
      );
    }
  }

  words(cell, aside) {
    if (aside.message) return [h('span', { class: 'st st-stop' }, icon('alert-circle'), h('span', {}, aside.message))];
    return [
      h('span', { class: 'st st-warn' }, icon('users'), h('span', {}, _('Both of you changed this.'))),
      h(
        'span',
        { class: 'row-x choice' },
        h(
          'button',
          { class: 'btn btn-line', type: 'button', 'data-mine': cell },
          _('Yours: %(text)s', { text: aside.mine || '–' }),
        ),
        h(
          'button',
          { class: 'btn btn-line', type: 'button', 'data-theirs': cell },
          _('Theirs: %(text)s', { text: spoken(cell, aside.theirs) || '–' }),
        ),
      ),
    ];
  }
}
