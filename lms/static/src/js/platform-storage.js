// The platform's storage, for a frame whose cookies the browser blocks: «LTI postMessage Storage» 0.1 and
// «LTI OIDC Login with LTI Client Side postMessages» 0.1 of 1EdTech.

const WAIT = 5000;
const ASK_AGAIN = 500; // milliseconds; a platform's frame that is still loading loses messages

/** The window with the storage: the parent (`_parent`), or a frame of the parent's with this name. */
function keeper(name) {
  const above = window.parent === window ? window.opener : window.parent;
  if (!above) return null;
  if (!name || name === '_parent') return above;
  try {
    return above.frames[name] ?? null;
  } catch {
    return null;
  }
}

/** Sends the message and returns its answer; throws on a timeout or an error. */
function ask(message, { target, origin }) {
  const there = keeper(target);
  if (!there) return Promise.reject(new Error('no such frame'));
  const id = crypto.randomUUID?.() ?? `${Math.random()}`.slice(2) + Date.now();
  return new Promise((resolve, reject) => {
    const end = (settle, value) => {
      clearTimeout(timer);
      clearInterval(again);
      window.removeEventListener('message', listen);
      settle(value);
    };
    const listen = ({ data, origin: from, source }) => {
      if (
        from !== origin ||
        source !== there ||
        data?.message_id !== id ||
        data.subject !== `${message.subject}.response`
      )
        return;
      if (data.error) end(reject, new Error(data.error.message ?? data.error.code));
      else end(resolve, data);
    };
    const timer = setTimeout(() => end(reject, new Error('no answer')), WAIT);
    window.addEventListener('message', listen);
    const send = () => there.postMessage({ ...message, message_id: id }, origin);
    const again = setInterval(send, ASK_AGAIN);
    send();
  });
}

/** Stores the value at the platform; returns true when the platform confirms it. */
export async function put(key, value, place) {
  const answer = await ask({ subject: 'lti.put_data', key, value }, place);
  return answer.key === key && answer.value === value;
}

/** Returns the platform's value of the key; null when there is none. */
export async function get(key, place) {
  const answer = await ask({ subject: 'lti.get_data', key }, place);
  return typeof answer.value === 'string' ? answer.value : null;
}
