// A button that prints the page; it is hidden without scripts.
import { each } from '../js/dom.js';

each('[data-print]', (button) => {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
});
