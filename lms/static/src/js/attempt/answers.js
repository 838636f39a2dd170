// Sends an attempt's answers to the server, one batch at a time, and again after a failure. Uses no DOM.
//
// Only questions changed here are sent, each named in a field `q`: answers from another tab stay. Unsent answers are kept
// on the device, survive a closed page, and are sent when the page is opened again.

const RETRY = 5000;

/** Returns the request's body: a field `q` with the question's id before the pairs of each question, then `more`. */
export function encodeAnswers(entries, more = {}) {
  const body = new URLSearchParams();
  for (const [id, pairs] of entries) {
    body.append('q', id);
    for (const [name, value] of pairs) body.append(name, value);
  }
  for (const [name, value] of Object.entries(more)) body.append(name, value);
  return body;
}

export class AnswerQueue {
  /**
   * - `post(body, to)` sends to 'save' or 'hand_in' and resolves to the server's answer; it rejects with an error that has `status`
   *   (0 without a connection) and `data`;
   * - `renew()` resolves to true when the same person has logged in again and there is a fresh token;
   * - `draft` has read(), save({answers}) and remove(): the copy on the device;
   * - `said(state, detail)` is called with 'saving', 'saved' (and the answer), 'failed' and 'not_handed_in' (and the error),
   *   'changed_elsewhere' (and the conflicts);
   * - `leave(url)` opens the page of the result.
   */
  constructor({ post, renew, draft, said, leave }) {
    Object.assign(this, { post, renew, draft, said });
    this.open = leave;
    this.waiting = new Map(); // question's id → [[name, value], …], with the revision over which it was given (seen-q<id>)
    this.held = new Map(); // the same, for answers changed elsewhere too, until the person has chosen
    this.sending = null;
    this.saveTimer = 0;
    this.handInTimer = 0;
    this.over = false;
  }

  /** Returns the answers that an earlier page left on the device ([[id, pairs], …], of `known` questions), and queues them. */
  restore(known) {
    const found = Object.entries(this.draft.read()?.answers ?? {}).filter(([id]) => known(id));
    for (const [id, pairs] of found) this.waiting.set(id, pairs);
    return found;
  }

  /** Queues the question's answer; flush() sends it. */
  put(id, pairs) {
    if (this.over) return;
    this.held.delete(id);
    this.waiting.set(id, pairs);
    this.#keep();
  }

  /** Gives up the held answer for the one saved elsewhere. */
  drop(id) {
    this.held.delete(id);
    this.#keep();
  }

  /** Sends the waiting answers. Resolves to true when none is left; a call during another one joins it. */
  flush() {
    this.sending ??= this.#flush().finally(() => {
      this.sending = null;
    });
    return this.sending;
  }

  /** Hands the attempt in with the waiting answers. With `again`, repeats after a failure until the server has saved it. */
  async handIn({ again = false } = {}) {
    clearTimeout(this.handInTimer);
    try {
      await this.sending;
      if (this.over) return;
      const { result } = await this.#exchange(encodeAnswers(this.waiting, { hand_in: 'sure' }), 'hand_in');
      this.#leave(result);
    } catch (error) {
      if (error.data?.conflicts) this.#hold([...this.waiting], error.data);
      this.said('not_handed_in', error);
      if (again) this.handInTimer = setTimeout(() => this.handIn({ again }), RETRY);
    }
  }

  async #flush() {
    clearTimeout(this.saveTimer);
    while (this.waiting.size && !this.over) {
      const entries = [...this.waiting];
      this.said('saving');
      try {
        const answer = await this.#exchange(encodeAnswers(entries), 'save');
        this.#settle(entries, answer.seen);
        this.said('saved', answer);
      } catch (error) {
        if (error.data?.result) {
          this.#leave(error.data.result);
          return false;
        }
        if (error.data?.conflicts) {
          this.#hold(entries, error.data);
          continue;
        }
        this.said('failed', error);
        this.saveTimer = setTimeout(() => this.flush(), RETRY);
        return false;
      }
    }
    return true;
  }

  async #exchange(body, to) {
    try {
      return await this.post(body, to);
    } catch (error) {
      if (![400, 401].includes(error.status) || !(await this.renew())) throw error;
      return this.post(body, to);
    }
  }

  /** Takes saved answers out of the queue; one that changed meanwhile stays, over the revision that is saved now. */
  #settle(entries, seen = {}) {
    for (const [id, pairs] of entries) {
      const now = this.waiting.get(id);
      const name = `seen-q${id}`;
      if (now === pairs) this.waiting.delete(id);
      else if (now && seen[`q${id}`])
        this.waiting.set(
          id,
          now.map((pair) => (pair[0] === name ? [name, seen[`q${id}`]] : pair)),
        );
    }
    this.#keep();
  }

  /** Holds answers that were changed elsewhere too, and asks for a choice; the other answers are saved. */
  #hold(entries, data) {
    const [both, saved] = [[], []];
    for (const entry of entries) (data.conflicts[`q${entry[0]}`] ? both : saved).push(entry);
    for (const [id, pairs] of both) {
      this.held.set(id, this.waiting.get(id) ?? pairs);
      this.waiting.delete(id);
    }
    this.#settle(saved, data.seen);
    this.said('saved', data);
    this.said('changed_elsewhere', data.conflicts);
  }

  #keep() {
    const all = [...this.held, ...this.waiting];
    if (all.length) this.draft.save({ answers: Object.fromEntries(all) });
    else this.draft.remove();
  }

  #leave(url) {
    this.over = true;
    clearTimeout(this.saveTimer);
    clearTimeout(this.handInTimer);
    this.waiting.clear();
    this.held.clear();
    this.draft.remove();
    this.open(url);
  }
}
