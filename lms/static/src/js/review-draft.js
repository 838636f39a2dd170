// Saves the draft of a review on the server, at the revision of the page. Uses no DOM.

export class ReviewDraft {
  /**
   * - `send(revision)` saves the form at this revision and resolves to {revision, saved_at}; it rejects with an error that has
   *   `status` and `data`: `data.taken` when another person has saved a newer revision;
   * - `said(state, detail)` is called with 'saved' (and the answer), 'failed' (and the error), and once with 'taken' after such a failure.
   */
  constructor({ revision, send, said }) {
    Object.assign(this, { revision, send, said, warned: false, saving: null, again: false });
  }

  /** Saves. A call during another save runs after it, on its revision: of two at once, the second would be a conflict. */
  save() {
    if (this.saving) this.again = true;
    this.saving ??= this.#saveAll().finally(() => {
      this.saving = null;
    });
    return this.saving;
  }

  async #saveAll() {
    do {
      this.again = false;
      await this.#saveOnce();
    } while (this.again);
  }

  async #saveOnce() {
    try {
      const answer = await this.send(this.revision);
      this.revision = answer.revision;
      this.said('saved', answer);
    } catch (error) {
      if (error.status === undefined) throw error;
      this.said('failed', error);
      if (error.data?.taken && !this.warned) this.said('taken', error);
      this.warned ||= Boolean(error.data?.taken);
    }
  }
}
