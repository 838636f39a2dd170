// Shows the number of selected items beside the button. The whole programme is ticked beforehand: a person who ticks
// a part means the part alone, unless they ticked the whole programme too.
import { find, findAll } from '../js/dom.js';
import { ngettext } from '../js/texts.js';

const form = find('#placing');
const word = find('[data-chosen]');
const whole = find('#show-programme');
let wanted = !whole?.defaultChecked || findAll('input[name=show]:checked', form).length > 1;

function tell() {
  const boxes = findAll('input[type=checkbox][name=show]', form);
  word.hidden = boxes.length === 0;
  word.textContent = ngettext('%(num)s chosen', '%(num)s chosen', boxes.filter((box) => box.checked).length);
}

if (form && word) {
  form.addEventListener('change', (event) => {
    if (event.target === whole) wanted = true;
    else if (!wanted && event.target.name === 'show' && event.target.type === 'checkbox' && event.target.checked) {
      whole.checked = false;
      wanted = true;
    }
    tell();
  });
  tell();
}
