// Saves a work's text on the server while it is written; the form's draft on the device is the fallback.
import { each, find, settle } from '../js/dom.js';
import { learn, offer } from '../js/field-revisions.js';
import { send } from '../js/net.js';
import { onLeave, Saver } from '../js/saver.js';
import { _ } from '../js/texts.js';

each('[data-autosave]', (text) => {
  const told = find('[data-saved]');
  const { form } = text;
  let body;
  const said = {
    saved(answer) {
      learn(form, answer, body);
      told.textContent = _('Draft saved %(when)s', { when: answer.saved_at });
    },
    failed(error) {
      told.textContent = error.message;
      if (error.data?.conflicts) offer(form, error.data.conflicts, () => saver.save());
    },
  };
  const saver = new Saver({
    send({ leaving }) {
      body = new URLSearchParams({ text: text.value, 'seen-text': form.elements['seen-text'].value });
      return send(text.dataset.autosave, body, { keepalive: leaving });
    },
    said: (state, detail) => said[state](detail),
  });
  const soon = settle(() => form.isConnected && !form.dataset.sending && saver.save(), 900);
  text.addEventListener('input', () => {
    saver.typed();
    soon();
  });
  onLeave(() => !form.dataset.sending && saver.leave());
});

// Uploads files as soon as they are chosen; the answer is the new list.
each('#work input[type=file]', (input) => {
  input.addEventListener('change', () => {
    if (input.files.length) input.form.requestSubmit(find('[name=save]', input.form));
  });
});
