// The platform's storage, for a frame whose cookies the browser keeps away: «LTI postMessage Storage» 0.1 and
// «LTI OIDC Login with LTI Client Side postMessages» 0.1 of 1EdTech.

const WAIT = 5000;
const ASK_AGAIN = 500; // the platform's frame may still be loading: what is sent to it then is lost

/** The window that keeps: the parent itself (`_parent`), or a frame of the parent's with this name. */
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

/** Sends the message and returns the answer to it; throws when there is none in time, or an error. */
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

/** Lets the platform keep the value; true when it says that it has it. */
export async function put(key, value, place) {
  const answer = await ask({ subject: 'lti.put_data', key, value }, place);
  return answer.key === key && answer.value === value;
}

/** The value that the platform keeps under the key; null when it has none. */
export async function get(key, place) {
  const answer = await ask({ subject: 'lti.get_data', key }, place);
  return typeof answer.value === 'string' ? answer.value : null;
}
