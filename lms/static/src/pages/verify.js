// Compares a PDF's fingerprint with the one recorded at issue. The file never leaves the device.
import { each, find } from '../js/dom.js';
import { _ } from '../js/texts.js';

const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

async function verdict(file, recorded) {
  if (!crypto.subtle) return ['warn', _('This browser can compare files only over a secure connection (https).')];
  const found = hex(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
  return found === recorded
    ? ['ok', _('The file is the very one that was issued.')]
    : ['stop', _('This is not the file that was issued: it was changed, or it belongs to another document.')];
}

each('[data-fingerprint]', (box) => {
  const answer = find('[data-answer]', box);
  const input = find('input[type=file]', box);
  const compare = async () => {
    const [file] = input.files;
    if (!file) return;
    const [kind, words] = await verdict(file, box.dataset.fingerprint);
    answer.className = `st st-${kind}`;
    answer.textContent = words;
  };
  input.addEventListener('change', compare);
  compare(); // a file chosen before this script was loaded, or kept by the browser when the page was reloaded
});
