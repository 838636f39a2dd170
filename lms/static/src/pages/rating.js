// A rating sheet: saves each choice on the server at once; the form's draft on the device is the fallback.
import { find, findAll, settle } from '../js/dom.js';
import { learn, offer } from '../js/field-revisions.js';
import { send } from '../js/net.js';
import { onLeave, Saver } from '../js/saver.js';
import { _ } from '../js/texts.js';

const AGAIN = 5000; // milliseconds until a save that got no answer is tried again
const form = find('#rating');
const told = find('[data-saved]');
let body;

const count = () => {
  find('[data-done]').textContent = findAll('input:checked', form).length;
};

const said = {
  saved(answer) {
    learn(form, answer, body);
    count();
    told.textContent = _('Saved at %(time)s', { time: answer.saved_at });
  },
  failed(error) {
    told.textContent = error.message;
    if (error.data?.conflicts) offer(form, error.data.conflicts, () => saver.save());
    else if (error.status !== 409) setTimeout(save, AGAIN);
  },
};
const saver = new Saver({
  send({ leaving }) {
    body = new FormData(form);
    return send(form.dataset.save, new URLSearchParams(body), { keepalive: leaving });
  },
  said: (state, detail) => said[state](detail),
});

function save() {
  if (!form.dataset.sending) saver.save();
}

const soon = settle(save, 600);

form.addEventListener('change', (event) => {
  if (event.target.type !== 'radio' || !event.target.checked) return;
  event.target.closest('.rate').classList.remove('has-err');
  count();
  saver.typed();
  soon();
});
window.addEventListener('online', () => saver.dirty && save());
onLeave(() => !form.dataset.sending && saver.leave());
find('[data-save-button]').hidden = true;
