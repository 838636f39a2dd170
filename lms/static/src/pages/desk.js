// The grading desk: updates the sum, saves drafts of points, handles keys independent of the keyboard layout.
import { each, find, findAll, h, icon, settle } from '../js/dom.js';
import { learn, offer } from '../js/field-revisions.js';
import { Failed, send } from '../js/net.js';
import { onLeave, Saver } from '../js/saver.js';
import { _, number } from '../js/texts.js';
import { toast } from '../js/toast.js';

const points = (crit) => {
  const chosen = find('input:checked', crit) ?? find('input[type=text]', crit);
  const text = chosen?.value.trim().replace(',', '.') ?? '';
  return text === '' || Number.isNaN(Number(text)) ? null : Number(text);
};

/** Returns the reason why the work cannot be accepted yet; empty when it can. */
function reason(crits, sum, pass) {
  const given = crits.map(points);
  if (given.includes(null)) return _('not every criterion has its points yet');
  const low = crits.findIndex((crit, place) => given[place] < Number(crit.dataset.least));
  if (low >= 0)
    return _('criterion %(place)s needs at least %(least)s', {
      place: low + 1,
      least: number(Number(crits[low].dataset.least)),
    });
  return sum < pass ? _('%(missing)s points short of the pass mark', { missing: number(pass - sum) }) : '';
}

function addUp(form) {
  const crits = findAll('.crit', form);
  const say = find('#say');
  if (!crits.length || !say) return;
  const sum = crits.reduce((total, crit) => total + (points(crit) ?? 0), 0);
  const pass = Number(form.dataset.pass);
  const why = reason(crits, sum, pass);
  find('#sum').textContent = number(sum);
  find('#fill').setAttribute('d', `M0 0h${sum}v1H0z`);
  say.className = `st ${why ? 'st-warn' : 'st-ok'}`;
  say.replaceChildren(
    icon(why ? 'alert-triangle' : 'check'),
    Object.assign(document.createElement('span'), {
      textContent: why || _('the pass mark of %(mark)s is reached', { mark: number(pass) }),
    }),
  );
  find('#accept').setAttribute('aria-disabled', why ? 'true' : 'false');
}

function keepDrafts(form) {
  const told = find('#saved');
  let body;
  let warned = false;
  const said = {
    saved(answer) {
      learn(form, answer, body);
      told.textContent = _('Draft saved %(when)s', { when: answer.saved_at });
    },
    failed(error) {
      told.textContent = error.message;
      if (!form.isConnected || !error.data?.taken) return;
      if (!warned) toast(error.message, 'stop');
      warned = true;
      offer(form, error.data.conflicts, () => saver.save());
    },
  };
  const saver = new Saver({
    send({ leaving }) {
      body = new FormData(form);
      return send(form.dataset.draft, body, { keepalive: leaving });
    },
    said: (state, detail) => said[state](detail),
  });
  const soon = settle(() => form.isConnected && !form.dataset.sending && saver.save(), 700);
  const typed = () => {
    saver.typed();
    soon();
  };
  form.addEventListener('input', typed);
  form.addEventListener('change', typed);
  onLeave(() => form.isConnected && !form.dataset.sending && saver.leave());
}

/** Chooses the points of a criterion; false when it has no such points. */
function choose(crit, value) {
  const chosen = find(`input[type=radio][value="${value}"]`, crit);
  if (!chosen) return false;
  chosen.checked = true;
  chosen.focus();
  chosen.dispatchEvent(new Event('change', { bubbles: true }));
  return true;
}

// Digits give points to the focused criterion, else to the first one without points.
document.addEventListener('keydown', (event) => {
  if (!/^[0-9]$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey) return;
  const typing = event.target.closest('input:not([type=radio]), textarea, select, [contenteditable]');
  if (typing || !find('#desk-form')) return;
  const crit = event.target.closest('.crit') ?? findAll('.crit').find((each_) => points(each_) === null);
  if (crit && choose(crit, event.key)) event.preventDefault();
});

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey && event.key === 'Enter') find('#accept')?.click();
});

document.addEventListener('keydown', (event) => {
  if (!event.altKey || !['ArrowLeft', 'ArrowRight'].includes(event.key)) return;
  const link = find(event.key === 'ArrowLeft' ? '.turn [rel=prev]' : '.turn [rel=next]');
  if (link) {
    event.preventDefault();
    link.click();
  }
});

each('#desk-form', (form) => {
  addUp(form);
  form.addEventListener('change', () => addUp(form));
  form.addEventListener('input', () => addUp(form));
  keepDrafts(form);
});

// aria-disabled buttons show the reason instead of submitting.
document.addEventListener(
  'click',
  (event) => {
    const button = event.target.closest?.('#accept[aria-disabled="true"]');
    if (!button) return;
    event.preventDefault();
    find('#say').scrollIntoView({ block: 'nearest' });
    const unmarked = findAll('.crit').find(
      (crit) => points(crit) === null || points(crit) < Number(crit.dataset.least),
    );
    find('input', unmarked ?? document.createElement('div'))?.focus();
  },
  true,
);

// The next work is shown without a page load (hx-boost swaps the body): sets class, scroll position and focus.
document.addEventListener('htmx:beforeSwap', (event) => {
  if (event.detail.target !== document.body || !event.detail.shouldSwap) return;
  const found = /<body class="([^"]*)"/.exec(event.detail.serverResponse);
  if (found) document.body.className = found[1];
});
document.addEventListener('htmx:afterSettle', (event) => {
  if (event.detail.target !== document.body) return;
  window.scrollTo(0, 0);
  (find('.errors') ?? find('h1'))?.focus();
});

// Claims the work as soon as a person sees the page; a page that the browser loads ahead claims nothing.
each('form[data-claim]', async (form) => {
  if (document.prerendering) await new Promise((seen) => document.addEventListener('prerenderingchange', seen));
  try {
    const { holder } = await send(form.action, new FormData(form));
    const told = holder ? _('%(name)s has it open too', { name: holder }) : _('only you have it open');
    form.replaceWith(h('p', { class: 'small st st-off' }, icon('lock'), told));
  } catch (error) {
    if (!(error instanceof Failed)) throw error; // the button stays
  }
});

each('[data-pdf]', async (box) => {
  const words = box.innerHTML;
  try {
    const { showPdf } = await import('../js/pdf.js');
    await showPdf(box, box.dataset.pdf);
  } catch {
    box.innerHTML = words;
  }
});
