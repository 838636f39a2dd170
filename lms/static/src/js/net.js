// Requests of scripts (htmx sends its own): with CSRF token, JSON and error messages.
import { meta } from './dom.js';
import { _ } from './texts.js';

/** An answer that is not a success, or no answer at all (`status` 0). `data` is its JSON, if it had any. */
export class Failed extends Error {
  constructor(status, data = null) {
    super(data?.message || words(status));
    this.status = status;
    this.data = data;
  }
}

/** Returns the message for a failed request. */
export function words(status) {
  if (status === 0) return _('There is no connection. What you typed is kept on this device.');
  if ((status === 400 || status === 401) && document.documentElement.classList.contains('embedded'))
    return _('The session has ended. Go back to the course and open it again; what you typed is kept on this device.');
  if (status === 400 || status === 401)
    return _('You have been logged out. Log in again in another tab; what you typed is kept on this device.');
  if (status === 403) return _('Your role does not include this.');
  if (status === 404) return _('This no longer exists: it was deleted or moved. Reload the page.');
  if (status === 409) return _('Somebody changed this at the same time. Reload the page to see how it stands now.');
  if (status === 413) return _('The file is too large.');
  if (status === 429) return _('Too many tries in a row. Wait a little.');
  return _('Something broke on our side. Try again in a minute; what you typed is kept on this device.');
}

export const token = () => meta('csrf') || document.querySelector('input[name="csrf_token"]')?.value || '';

/** Sends JSON (or FormData) and returns the JSON of the answer, or null. Throws `Failed`. */
export async function send(
  url,
  body = null,
  { method = body === null ? 'GET' : 'POST', signal, keepalive = false } = {},
) {
  const headers = { Accept: 'application/json', 'X-Requested-With': 'fetch' };
  const form = body instanceof FormData || body instanceof URLSearchParams;
  if (method !== 'GET') headers['X-CSRFToken'] = token();
  if (body !== null && !form) headers['Content-Type'] = 'application/json';
  let answer;
  try {
    answer = await fetch(url, {
      method,
      headers,
      body: body === null || form ? body : JSON.stringify(body),
      signal,
      keepalive,
      credentials: 'same-origin',
      redirect: 'manual',
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    document.dispatchEvent(new CustomEvent('lms:offline'));
    throw new Failed(0);
  }
  document.dispatchEvent(new CustomEvent('lms:online'));
  if (answer.type === 'opaqueredirect') throw new Failed(401); // only a log-in page redirects an answer for a script
  const data = answer.headers.get('Content-Type')?.includes('json') ? await answer.json() : null;
  if (!answer.ok) throw new Failed(answer.status, data);
  return data;
}

/** Sends a file as `file` of a form; `progress` gets the sent share from 0 to 1. Throws `Failed`. */
export function sendFile(url, file, progress) {
  const body = new FormData();
  body.append('file', file);
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest(); // fetch does not tell how much was sent
    request.open('POST', url);
    request.responseType = 'json';
    request.setRequestHeader('Accept', 'application/json');
    request.setRequestHeader('X-Requested-With', 'fetch');
    request.setRequestHeader('X-CSRFToken', token());
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    });
    request.addEventListener('error', () => failed(new Failed(0)));
    request.addEventListener('load', () => {
      const logIn =
        request.responseURL && new URL(request.responseURL).pathname !== new URL(url, location.href).pathname;
      if (logIn) failed(new Failed(401));
      else if (request.status >= 200 && request.status < 300) done(request.response);
      else failed(new Failed(request.status, request.response));
    });
    request.send(body);
  });
}
