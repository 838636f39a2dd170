// Questions of a self-check are ordered by dragging; the arrow buttons do the same by keyboard.
import { each, findAll } from '../js/dom.js';
import { Failed, send } from '../js/net.js';
import { toast } from '../js/toast.js';

each('[data-order]', async (list) => {
  for (const handle of findAll('.grab', list)) handle.hidden = false;
  const { sortable } = await import('../js/sort.js');
  sortable(list, {
    draggable: 'li',
    moved: async () => {
      const rows = findAll('[data-item]', list);
      rows.forEach((row, place) => {
        row.querySelector('.q-at').textContent = place + 1;
      });
      try {
        await send(list.dataset.order, new URLSearchParams({ order: rows.map((row) => row.dataset.item).join(',') }));
      } catch (error) {
        if (error instanceof Failed) toast(error.message, 'stop');
      }
    },
  });
});
