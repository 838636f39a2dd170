// Saves a work's text on the server while it is written; the form's draft on the device is the fallback.
import { each, find, settle } from '../js/dom.js';
import { Failed, send } from '../js/net.js';
import { _ } from '../js/texts.js';

each('[data-autosave]', (text) => {
  const told = find('[data-saved]');
  let last = text.value;
  const save = async () => {
    if (text.value === last) return;
    const value = text.value;
    try {
      const { saved_at: when } = await send(text.dataset.autosave, new URLSearchParams({ text: value }));
      last = value;
      told.textContent = _('Draft saved %(when)s', { when });
    } catch (error) {
      if (error instanceof Failed) told.textContent = error.message;
    }
  };
  text.addEventListener('input', settle(save, 900));
});

// Uploads files as soon as they are chosen; the answer is the new list.
each('#work input[type=file]', (input) => {
  input.addEventListener('change', () => {
    if (input.files.length) input.form.requestSubmit(find('[name=save]', input.form));
  });
});
