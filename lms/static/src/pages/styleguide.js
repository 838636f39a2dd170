// The style guide's examples of parts that features load on demand: a chart, sortable rows, a dialog, a toast.
import { askConfirmation } from '../js/confirm.js';
import { find, on } from '../js/dom.js';
import { number } from '../js/texts.js';
import { toast } from '../js/toast.js';

on('click', '[data-try="toast"]', (_event, button) => toast(button.dataset.text, button.dataset.kind));
on('click', '[data-try="ask"]', async (_event, button) =>
  toast(String(await askConfirmation(button.dataset.text, { stop: true, ok: button.textContent }))),
);
on('click', '[data-try="pdf"]', async (_event, button) => {
  const { showPdf } = await import('../js/pdf.js');
  const { pages } = await showPdf(find('#pdf'), button.dataset.url);
  toast(number(pages));
});

const canvas = find('#chart');
if (canvas) {
  const { draw } = await import('../js/chart.js');
  const { labels, series } = JSON.parse(canvas.dataset.chart);
  draw(canvas, 'bar', { labels, series });
}
const rows = find('#sortable');
if (rows) {
  const { sortable } = await import('../js/sort.js');
  sortable(rows, { moved: ({ from, to }) => toast(`${number(from + 1)} → ${number(to + 1)}`) });
}
