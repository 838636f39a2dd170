// After dynamic registration: tells the platform that its window may be closed (LTI Dynamic Registration 1.0, 3.7),
// when the person presses the button and, in a platform's frame, after a short pause.
import { each } from '../js/dom.js';

const SECONDS = 6;
const platform = window.opener || (window.parent !== window ? window.parent : null);

const close = () => {
  platform.postMessage({ subject: 'org.imsglobal.lti.close' }, '*'); // the message holds no data, and the page's origin may be unknown
  if (window.opener) window.close();
};

each('[data-lti-close]', (button) => {
  if (!platform) return;
  button.hidden = false;
  button.addEventListener('click', close);
  if ('ltiByItself' in button.dataset && window.parent !== window) setTimeout(close, SECONDS * 1000);
});
