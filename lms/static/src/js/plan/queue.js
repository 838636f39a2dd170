// Changes not yet saved by the server: kept on this device, sent in order, safe against a lost connection or an
// ended session. Sending the same again is safe (see courses/programmes/edits.py).
import { find, meta } from '../dom.js';
import { deleteDraft, readDraft, saveDraft } from '../drafts.js';
import { Failed, send } from '../net.js';

const WAIT = 700;
const AGAIN = [2000, 5000, 15000, 30000];

export class Queue {
  /** `taken(answers, plan)` after an answer; `said(state)` whenever the saving state changes. */
  constructor(url, key, { taken, said }) {
    Object.assign(this, { url, key, taken, said, sending: false, tries: 0, stopped: '' });
    const old = readDraft(key);
    this.changes = old?.changes ?? [];
    this.asides = old?.asides ?? {}; // cell → {mine, theirs} in conflict, {mine, message} refused
    this.savedAt = null;
    window.addEventListener('online', () => this.soon(0));
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.soon(0, true);
    });
    window.addEventListener('pagehide', () => this.store());
  }

  store() {
    const empty = !this.changes.length && !Object.keys(this.asides).length;
    if (empty) deleteDraft(this.key);
    else this.onDevice = saveDraft(this.key, { changes: this.changes, asides: this.asides });
  }

  /** Adds a change; two unsent changes of one cell become one. */
  put(change) {
    const last =
      change.do === 'set' ? this.changes.filter((one) => one.cell === change.cell && one.do === 'set').pop() : null;
    if (last && !last.sent) {
      last.value = change.value;
      if (last.value === last.base) this.changes.splice(this.changes.indexOf(last), 1);
    } else {
      // If a change of the same cell is being sent, its value is the base of this one.
      const base = last ? { base: last.value } : {};
      this.changes.push({ id: crypto.randomUUID?.() ?? String(Math.random()).slice(2), ...change, ...base });
    }
    this.store();
    this.soon();
  }

  aside(cell, value) {
    if (value) this.asides[cell] = value;
    else delete this.asides[cell];
    this.store();
  }

  soon(wait = WAIT, ask = false) {
    clearTimeout(this.timer);
    this.asking = this.asking || ask;
    if (this.changes.length && !this.stopped) this.said();
    this.timer = setTimeout(() => this.flush(), wait);
  }

  /** Sends the waiting changes. Resolves to true when none is left. */
  async flush() {
    clearTimeout(this.timer);
    if (this.sending) {
      await this.sending;
      return this.changes.length ? this.flush() : true;
    }
    if (!this.changes.length && !this.asking) return true;
    this.sending = this.exchange();
    const done = await this.sending;
    this.sending = false;
    this.said();
    if (done && this.changes.length) return this.flush();
    return done && !this.changes.length;
  }

  async exchange() {
    const batch = this.changes.slice(0, 500);
    for (const change of batch) change.sent = true;
    this.asking = false;
    if (batch.length) this.said('sending');
    try {
      const answer = await this.post(batch.map(({ sent, ...change }) => change));
      this.changes.splice(0, batch.length);
      this.tries = 0;
      this.stopped = '';
      if (batch.length) this.savedAt = new Date();
      this.taken(answer.answers, answer.plan, batch);
      this.store();
      return true;
    } catch (error) {
      for (const change of batch) delete change.sent;
      this.failed(error, batch.length);
      return false;
    }
  }

  async post(changes) {
    try {
      return await send(this.url, { changes });
    } catch (error) {
      // After a new log-in in another tab, takes the token from a fresh page and tries once more.
      if (!(error instanceof Failed) || error.status !== 400 || !(await this.renew())) throw error;
      return send(this.url, { changes });
    }
  }

  async renew() {
    try {
      const answer = await fetch(window.location.href, { credentials: 'same-origin', redirect: 'manual' });
      if (!answer.ok) return false;
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const fresh = page.querySelector('meta[name="csrf"]')?.content;
      if (!fresh || fresh === meta('csrf')) return false;
      find('meta[name="csrf"]').content = fresh;
      for (const field of document.querySelectorAll('input[name="csrf_token"]')) field.value = fresh;
      return true;
    } catch {
      return false;
    }
  }

  failed(error, waiting) {
    if (!(error instanceof Failed)) throw error;
    this.stopped =
      error.status === 0 || error.status >= 500 || error.status === 429
        ? 'line'
        : error.status === 400 || error.status === 401
          ? 'session'
          : 'refused';
    this.message = error.message;
    this.store();
    if (this.stopped === 'line' && waiting) this.soon(AGAIN[Math.min(this.tries++, AGAIN.length - 1)]);
  }
}
