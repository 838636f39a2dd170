// Marks a notice as read when its link is followed; without this script the button beside it does.
import { findAll } from '../js/dom.js';
import { send } from '../js/net.js';

for (const link of findAll('a[data-read]')) {
  link.addEventListener('click', () => {
    send(link.dataset.read, new URLSearchParams(), { keepalive: true }).catch(() => {});
  });
}
