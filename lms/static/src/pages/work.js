// Saves a work's text on the server while it is written; the form's draft on the device is the fallback.
import { each, find, h, icon, settle } from '../js/dom.js';
import { learn, offer } from '../js/field-revisions.js';
import { send, sendFile } from '../js/net.js';
import { onLeave, Saver } from '../js/saver.js';
import { _ } from '../js/texts.js';
import { toast } from '../js/toast.js';
import { UploadQueue } from '../js/uploads.js';

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

// Uploads files as soon as they are chosen, one after the other; then shows the draft's files anew.
each('[data-upload]', (input) => {
  const { form } = input;
  const list = find('[data-uploads]', form);
  const rows = new Map();
  let afterwards = null; // the button that was pressed while files were on their way

  function show(upload) {
    if (!rows.has(upload)) {
      rows.set(upload, h('li', {}));
      list.append(rows.get(upload));
    }
    list.hidden = false;
    rows.get(upload).replaceChildren(...parts(upload));
  }

  function parts(upload) {
    const { name } = upload.file;
    if (upload.state === 'waiting' || upload.state === 'sending')
      return [
        icon('upload'),
        h('span', { class: 'anywhere' }, name),
        h('progress', { class: 'push', max: 1, value: upload.share, 'aria-label': name }),
      ];
    if (upload.state === 'done')
      return [
        icon('circle-check', 'st-ok'),
        h('span', { class: 'anywhere' }, name),
        h('span', { class: 'st st-ok push' }, _('uploaded')),
      ];
    const said = h(
      'span',
      { class: 'anywhere', role: 'alert' },
      h('b', {}, name),
      ' ',
      h('span', { class: 'err' }, upload.message),
    );
    if (upload.state === 'failed') {
      const again = () => finish(queue.again(upload));
      said.append(' ', h('button', { type: 'button', class: 'btn-text', onclick: again }, _('Send again')));
    }
    return [icon('alert-circle', 'st-stop'), said];
  }

  async function finish(sent) {
    await sent;
    await renewFiles();
    for (const [upload, row] of rows) if (upload.state === 'done') row.remove();
    list.hidden = !list.children.length;
    const button = afterwards;
    afterwards = null;
    if (!button) return;
    if (list.hidden) form.requestSubmit(button);
    else toast(_('Some files were not uploaded: look at them before you hand in.'), 'warn');
  }

  async function renewFiles() {
    try {
      const answer = await fetch(location.pathname, { credentials: 'same-origin' });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const fresh = find('#work-files', page);
      if (fresh) find('#work-files').replaceWith(document.adoptNode(fresh));
    } catch {
      // The rows of the uploads say what is there; the next page shows the list.
    }
  }

  const queue = new UploadQueue({
    post: (file, progress) => sendFile(input.dataset.upload, file, progress),
    told: show,
    limit: Number(input.dataset.limit),
    tooLarge: _('The file is too large.'),
    offline: _('There is no connection: the file was not sent.'),
  });
  input.addEventListener('change', () => {
    const chosen = [...input.files];
    input.value = ''; // the form must not send them again
    if (chosen.length) finish(queue.add(chosen));
  });
  form.addEventListener('submit', (event) => {
    if (!queue.busy) return;
    event.preventDefault();
    afterwards = event.submitter;
    toast(_('Files are on their way; this is done as soon as they are there.'));
  });
  window.addEventListener('beforeunload', (event) => {
    if (queue.busy) event.preventDefault();
  });
});
