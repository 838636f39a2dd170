// A rating sheet: saves each choice on the server at once; the form's draft on the device is the fallback.
import { find, findAll, settle } from '../js/dom.js';
import { Failed, send } from '../js/net.js';
import { _ } from '../js/texts.js';

const form = find('#rating');
const told = find('[data-saved]');
const waiting = new Map();

async function save() {
  if (!waiting.size) return;
  const sent = [...waiting];
  try {
    const { saved_at: time } = await send(form.dataset.save, new URLSearchParams(sent));
    for (const [name, value] of sent) if (waiting.get(name) === value) waiting.delete(name);
    told.textContent = _('Saved at %(time)s', { time });
    if (waiting.size) soon();
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    told.textContent = error.message;
    if (error.status !== 409) setTimeout(save, 5000);
  }
}

const soon = settle(save, 600);

form.addEventListener('change', (event) => {
  if (event.target.type !== 'radio' || !event.target.checked) return;
  waiting.set(event.target.name, event.target.value);
  find('[data-done]').textContent = findAll('input:checked', form).length;
  event.target.closest('.rate').classList.remove('has-err');
  soon();
});
// The form itself sends the final choices.
form.addEventListener('submit', () => waiting.clear());
window.addEventListener('online', save);
find('[data-save-button]').hidden = true;
