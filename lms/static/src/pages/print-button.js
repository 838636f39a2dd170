// A button that prints the page; without the script it is not there, and the browser's own command does it.
import { each } from '../js/dom.js';

each('[data-print]', (button) => {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
});
