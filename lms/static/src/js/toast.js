// A toast at the bottom edge, announced by screen readers; errors stay until they are closed.
import { find, h, icon } from './dom.js';
import { _ } from './texts.js';

const signs = {
  ok: () => icon('circle-check'),
  warn: () => icon('alert-triangle'),
  stop: () => icon('alert-circle'),
  info: () => icon('info-circle'),
};

/** toast('Saved'), toast('No such page', 'stop'); `action` is {label, run}. Returns a function that closes it. */
export function toast(text, kind = 'ok', { action = null, stay = kind === 'stop' ? 0 : 7000 } = {}) {
  const close = () => box.remove();
  const body = h('div', {}, text);
  if (action)
    body.append(
      ' ',
      h(
        'button',
        {
          type: 'button',
          class: 'btn-text',
          onclick: () => {
            close();
            action.run();
          },
        },
        action.label,
      ),
    );
  const box = h(
    'div',
    { class: `notice is-${kind}` },
    signs[kind](),
    body,
    h(
      'button',
      { type: 'button', class: 'btn btn-action', 'aria-label': _('Close the message'), onclick: close },
      icon('x'),
    ),
  );
  const region = find('#toasts');
  while (region.children.length > 2) region.firstElementChild.remove();
  region.append(box);
  if (stay) setTimeout(close, stay);
  return close;
}
