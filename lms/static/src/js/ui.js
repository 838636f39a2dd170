// Behaviour of common elements: phone menu, folding, dates, copying, files, growing text fields, arrow keys in lists, phone tabs.
import { each, find, findAll, lang, on } from './dom.js';
import { _ } from './texts.js';
import { toast } from './toast.js';

/** The navigation on a phone. Without scripts its link leads to #nav, which CSS shows by :target. */
function navigation() {
  on('click', '[data-toggle]', (event, toggle) => {
    event.preventDefault();
    const open = find(`#${toggle.dataset.toggle}`).classList.toggle('show');
    toggle.setAttribute('aria-expanded', String(open));
  });
  on('keydown', '[data-toggle]', (event, toggle) => {
    if (event.key === ' ') {
      event.preventDefault();
      toggle.click();
    }
  });
}

/** A menu (<details class="menu">) closes on Escape and on a click elsewhere. */
function menus() {
  const close = (except) =>
    findAll('details.menu[open]')
      .filter((menu) => !menu.contains(except))
      .forEach((menu) => {
        menu.open = false;
      });
  document.addEventListener('click', (event) => close(event.target));
  document.addEventListener('focusin', (event) => close(event.target));
  on('keydown', 'details.menu[open]', (event, menu) => {
    if (event.key === 'Escape') {
      menu.open = false;
      menu.querySelector('summary').focus();
    }
  });
}

/** <details data-wide-open>: open on a wide screen, folded on a narrow one. */
function folding() {
  const narrow = matchMedia('(max-width: 991px)');
  each('details[data-wide-open]', (details) => {
    const fit = () => {
      details.open = !narrow.matches;
    };
    fit();
    narrow.addEventListener('change', fit);
  });
}

/** <time datetime="…Z" data-local>: shown in the reader's time zone when it differs; the title keeps the site's time. */
function dates() {
  each('time[data-local]', (time) => {
    const moment = new Date(time.dateTime);
    const offset = /([+-])(\d\d):?(\d\d)$/.exec(time.dateTime);
    if (Number.isNaN(moment.getTime()) || !offset) return;
    const there = (offset[1] === '-' ? 1 : -1) * (Number(offset[2]) * 60 + Number(offset[3]));
    if (there === moment.getTimezoneOffset() || there === 0) return;
    const local = new Intl.DateTimeFormat(lang === 'en' ? 'en-GB' : 'ru', {
      day: 'numeric',
      month: 'long',
      hour: '2-digit',
      minute: '2-digit',
    }).format(moment);
    time.title = _('Your local time: %(time)s', { time: local });
  });
}

function copying() {
  each('[data-copy]', (button) => {
    if (navigator.clipboard) button.hidden = false;
  });
  on('click', '[data-copy]', async (_event, button) => {
    await navigator.clipboard.writeText(button.dataset.copy);
    toast(_('Copied'));
  });
}

/** field-sizing: content for browsers without it. */
function growing() {
  if (CSS.supports('field-sizing', 'content')) return;
  const fit = (area) => {
    if (!area.value && !area.dataset.fitted) return;
    area.dataset.fitted = 'yes';
    area.style.height = 'auto';
    area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
  };
  each('textarea', fit);
  on('input', 'textarea', (_event, area) => fit(area));
}

/** [data-keys]: ↑ ↓ Home End move between the first links or buttons of its rows. */
function arrows() {
  on('keydown', '[data-keys]', (event, list) => {
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    if (
      !step ||
      event.altKey ||
      event.ctrlKey ||
      event.metaKey ||
      /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)
    )
      return;
    const stops = findAll(':scope > *, :scope tbody > tr', list)
      .map((row) => (row.matches('a, button') ? row : find('a, button', row)))
      .filter(Boolean);
    const at = stops.findIndex((stop) => stop === event.target || stop.closest('li, tr')?.contains(event.target));
    const next = stops[Math.min(Math.max(at + step, 0), stops.length - 1)];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  });
}

/** <ul class="nav nav-tabs phone-tabs" role="tablist">: two parts of a screen that a phone shows one at a time. */
function phoneTabs() {
  const show = (tab) => {
    for (const other of findAll('[role="tab"]', tab.closest('[role="tablist"]'))) {
      const on_ = other === tab;
      other.setAttribute('aria-selected', String(on_));
      other.tabIndex = on_ ? 0 : -1;
      find(`#${other.getAttribute('aria-controls')}`)?.classList.toggle('off-phone', !on_);
    }
  };
  each('.phone-tabs', (list) => show(find('[aria-selected="true"]', list) ?? find('[role="tab"]', list)));
  on('click', '.phone-tabs [role="tab"]', (_event, tab) => show(tab));
  on('keydown', '.phone-tabs [role="tab"]', (event, tab) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    const all = findAll('[role="tab"]', tab.closest('[role="tablist"]'));
    const next = all[(all.indexOf(tab) + (event.key === 'ArrowRight' ? 1 : all.length - 1)) % all.length];
    show(next);
    next.focus();
  });
}

/** [data-drop]: accepts files dropped on the whole area, not only on the button. Reports a file that is too large at once. */
function dropping() {
  for (const type of ['dragover', 'dragleave', 'drop']) {
    on(type, '[data-drop]', (event, frame) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      frame.classList.toggle('is-over', type === 'dragover');
      const input = find('input[type="file"]', frame);
      if (type !== 'drop' || !input || !event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event('change', { bubbles: true }));
    });
  }
}

/** [data-expires="seconds"]: an offer that ends by itself and is taken off the page then. */
function expiring() {
  each('[data-expires]', (offer) => setTimeout(() => offer.remove(), Number(offer.dataset.expires) * 1000));
}

/** Focuses the summary of errors, so that screen readers read it and the keyboard starts there. */
function errors() {
  each('[data-focus]', (element) => element.focus());
  on('click', 'a[data-back]', (event) => {
    if (document.referrer && history.length > 1) {
      event.preventDefault();
      history.back();
    }
  });
}

/** [data-opens-once]: its button opens a window and works once; then it says so, and how to open the window again. */
function openedWindows() {
  const opened = (box) =>
    setTimeout(() => {
      for (const part of findAll('[data-unopened]', box)) part.hidden = true;
      for (const part of findAll('[data-opened]', box)) part.hidden = false;
    });
  document.addEventListener('submit', (event) => {
    const box = event.target.closest('[data-opens-once]');
    if (box) opened(box);
  });
  on('click', '[data-opens-once] a[target]', (_event, link) => opened(link.closest('[data-opens-once]')));
}

export function start() {
  const parts = [
    navigation,
    menus,
    folding,
    dates,
    copying,
    growing,
    arrows,
    phoneTabs,
    dropping,
    expiring,
    errors,
    openedWindows,
  ];
  for (const begin of parts) begin();
}
