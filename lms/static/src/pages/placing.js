// How many things are chosen, beside the button that adds them.
import { find, findAll } from '../js/dom.js';
import { ngettext } from '../js/texts.js';

const form = find('#placing');
const word = find('[data-chosen]');

function tell() {
  const boxes = findAll('input[type=checkbox][name=show]', form);
  word.hidden = boxes.length === 0;
  word.textContent = ngettext('%(num)s chosen', '%(num)s chosen', boxes.filter((box) => box.checked).length);
}

if (form && word) {
  form.addEventListener('change', tell);
  tell();
}
