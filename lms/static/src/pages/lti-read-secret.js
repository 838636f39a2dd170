// After the platform's answer: the page has its token, the platform's storage has the login's secret.
import { find } from '../js/dom.js';
import { get } from '../js/platform-storage.js';

const form = find('#proof-form');
const { key, target, origin } = form.dataset;

function giveUp() {
  find('#waiting').hidden = true;
  find('#lost').hidden = false;
}

get(key, { target, origin }).then((proof) => {
  if (!proof) return giveUp();
  form.elements.proof.value = proof;
  return form.submit();
}, giveUp);
