// Saves a form that saves itself: one request at a time, and what was typed last also when the person leaves. Uses no DOM.

export class Saver {
  /**
   * - `send({leaving})` saves the form's present state and resolves to the server's answer; it rejects with an error that has
   *   `status` and `data`; with `leaving` the request must survive the page;
   * - `said(state, detail)` is called with 'saved' (and the answer) or 'failed' (and the error).
   */
  constructor({ send, said }) {
    Object.assign(this, { send, said, saving: null, again: false, dirty: false });
  }

  /** Notes that something was typed that is not sent yet. */
  typed() {
    this.dirty = true;
  }

  /** Saves. A call during another save runs after it, over the revisions of its answer: at once, it would be a conflict. */
  save() {
    if (this.saving) this.again = true;
    this.saving ??= this.#saveAll().finally(() => {
      this.saving = null;
    });
    return this.saving;
  }

  /** Sends what was typed last, when the page is hidden or left. */
  leave() {
    if (!this.dirty) return null;
    if (this.saving) return this.save();
    this.saving = this.#saveOnce({ leaving: true }).finally(() => {
      this.saving = null;
    });
    return this.saving;
  }

  async #saveAll() {
    do {
      this.again = false;
      await this.#saveOnce({ leaving: false });
    } while (this.again);
  }

  async #saveOnce(how) {
    this.dirty = false;
    try {
      this.said('saved', await this.send(how));
    } catch (error) {
      if (error.status === undefined) throw error;
      if (error.status === 0) this.dirty = true;
      this.said('failed', error);
    }
  }
}

/** Calls `leave` when the page is hidden or left. */
export function onLeave(leave) {
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) leave();
  });
  window.addEventListener('pagehide', leave);
}
