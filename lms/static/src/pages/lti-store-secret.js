// Before the redirect to the platform: the browser keeps no cookie here, so the platform's storage keeps the login's secret.
import { find } from '../js/dom.js';
import { put } from '../js/platform-storage.js';

const box = find('#keep');
const { key, value, target, origin, onward } = box.dataset;

function giveUp() {
  find('#waiting').hidden = true;
  box.hidden = false;
}

box.hidden = true;
find('#waiting').hidden = false;
put(key, value, { target, origin }).then((kept) => {
  if (kept) window.location.replace(onward);
  else giveUp();
}, giveUp);
