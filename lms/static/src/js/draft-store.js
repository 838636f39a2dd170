// Stores drafts on this device, one JSON object for each person and key, and decides about a form's draft. Uses no DOM.
//
// A form's draft is {at, fields, sent}. `sent` is set when the form is submitted; the next page tells the result:
// - a log-in or error page: it was not saved, keep it;
// - the same form with errors in it: the server returned the input, keep it;
// - a page without the form, or one that reports success: it was saved, delete it;
// - the same form, without errors: saved if it shows what was sent; otherwise unknown, so offer it.
import { sameValues } from './form-values.js';

const PREFIX = 'lms:keep:';
const DAYS = 14;

export class DraftStore {
  /** `storage()` returns the localStorage and may throw, `owner()` the id of the person logged in, `now()` milliseconds. */
  constructor({ storage, owner, now = Date.now }) {
    Object.assign(this, { storage, owner, now });
  }

  /** Returns the key's name in the storage, for the person logged in. */
  name(key) {
    return `${PREFIX}${this.owner() || 'nobody'}:${key}`;
  }

  /** Stores a value under the key. Returns false when the device refuses (private mode, full). */
  save(key, value) {
    return this.#put(this.name(key), { at: this.now(), ...value });
  }

  read(key) {
    return this.#get(this.name(key));
  }

  remove(key) {
    try {
      this.storage().removeItem(this.name(key));
    } catch {
      /* nothing was stored */
    }
  }

  /** Deletes the drafts older than 14 days, of every person. */
  sweep() {
    for (const name of this.#names())
      if (!(this.#get(name)?.at > this.now() - DAYS * 86400e3)) this.storage().removeItem(name);
  }

  /**
   * Decides about drafts that were sent from another page; `present` are the keys of this page's forms. With `hold`, on a
   * log-in or error page, they become unsent; otherwise the person's own were saved and are deleted.
   */
  settleSent({ hold, present }) {
    const here = new Set(present.map((key) => this.name(key)));
    for (const name of this.#names()) {
      const draft = this.#get(name);
      if (!draft?.sent || here.has(name)) continue;
      if (hold) this.#put(name, { ...draft, sent: false });
      else if (name.startsWith(this.name(''))) this.storage().removeItem(name);
    }
  }

  #names() {
    try {
      return Object.keys(this.storage()).filter((name) => name.startsWith(PREFIX));
    } catch {
      return [];
    }
  }

  #get(name) {
    try {
      return JSON.parse(this.storage().getItem(name));
    } catch {
      return null;
    }
  }

  #put(name, value) {
    try {
      this.storage().setItem(name, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  }
}

/**
 * The draft of one form. `original` are the values of the page; `returned` says that the server returned them with errors;
 * `revision()` returns the revisions over which is typed, an empty text for a form without them.
 */
export class FormDraft {
  constructor(store, key, { original, returned = false, revision = () => '' }) {
    Object.assign(this, { store, key, original, returned, revision, sent: false });
  }

  read() {
    return this.store.read(this.key);
  }

  /**
   * Returns what to do with the draft when the page opens: 'restore', 'offer', 'older' (the server has a newer text, saved
   * elsewhere) or null; deletes a draft that was saved.
   * `back` says that the browser came here by its Back button, `reported` that the page reports a success.
   */
  open({ back, reported }) {
    const draft = this.read();
    if (!draft?.fields || this.returned) return null;
    if (sameValues(draft.fields, this.original)) this.forget();
    else if (draft.revision && draft.revision !== this.revision()) return 'older';
    else if (!draft.sent || back) return 'restore';
    else if (reported) this.forget();
    else return 'offer';
    return null;
  }

  /** Notes an input: a form that was sent is open again. */
  typed() {
    this.sent = false;
  }

  /** Stores the values, or deletes the draft if they equal the original ones. Does nothing after a submission. */
  save(fields) {
    if (this.sent) return;
    if (sameValues(fields, this.original) && !this.returned) this.forget();
    else this.store.save(this.key, { fields, revision: this.revision() });
  }

  /** Stores the values with the mark that they were sent. */
  submit(fields) {
    this.sent = true;
    this.store.save(this.key, { fields, revision: this.revision(), sent: true });
  }

  /** Removes the mark, because the server did not answer or refused. */
  refuse() {
    this.sent = false;
    const draft = this.read();
    if (draft) this.store.save(this.key, { ...draft, sent: false });
  }

  forget() {
    this.store.remove(this.key);
  }
}
