// Sorting rows by mouse or touch, loaded on demand: `const { sortable } = await import('../js/sort.js')`.
// Each page implements the keyboard (Alt + arrows) itself.
import Sortable from 'sortablejs/modular/sortable.core.esm.js';

const still = matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Rows of `list` can be dragged by their `.grab`; `moved({item, from, to})` is called after a drop. */
export function sortable(list, { handle = '.grab', draggable, group, moved }) {
  return Sortable.create(list, {
    handle,
    draggable,
    group,
    animation: still ? 0 : 120,
    delay: 120,
    delayOnTouchOnly: true,
    onEnd: ({ item, oldDraggableIndex, newDraggableIndex }) => {
      if (oldDraggableIndex !== newDraggableIndex || group)
        moved({ item, from: oldDraggableIndex, to: newDraggableIndex });
    },
  });
}
