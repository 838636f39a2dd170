// Sends chosen files one after the other: each has its progress and its error, and none is lost because of another.

/** A file on its way. `state`: waiting, sending, done, failed (may be sent again) or refused. */
class Upload {
  constructor(file) {
    this.file = file;
    this.state = 'waiting';
    this.share = 0;
    this.message = '';
  }
}

export class UploadQueue {
  /**
   * `post(file, progress)` sends a file and throws an error with `status` and `message`; `told(upload)` shows an upload
   * whose state has changed; `tooLarge` is the message for a file above `limit` bytes, which is not sent at all; `offline` the one without connection.
   */
  constructor({ post, told, limit, tooLarge, offline }) {
    Object.assign(this, { post, told, limit, tooLarge, offline });
    this.uploads = [];
    this.running = null;
  }

  /** Adds files. Returns a promise that ends when everything that waits has been sent. */
  add(files) {
    for (const file of files) {
      const upload = new Upload(file);
      this.uploads.push(upload);
      if (file.size > this.limit) this.set(upload, 'refused', this.tooLarge);
      else this.set(upload, 'waiting');
    }
    return this.run();
  }

  /** Sends a file again that could not be sent. */
  again(upload) {
    this.set(upload, 'waiting');
    return this.run();
  }

  get busy() {
    return this.running !== null;
  }

  /** Whether some file is not with the server. */
  get incomplete() {
    return this.uploads.some((upload) => upload.state !== 'done');
  }

  run() {
    this.running ??= this.sendAll().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  async sendAll() {
    for (;;) {
      const next = this.uploads.find((upload) => upload.state === 'waiting');
      if (!next) return;
      await this.sendOne(next);
    }
  }

  async sendOne(upload) {
    this.set(upload, 'sending');
    try {
      await this.post(upload.file, (share) => {
        upload.share = share;
        this.told(upload);
      });
      this.set(upload, 'done');
    } catch (error) {
      const mayHelp = error.status === 0 || error.status === 429 || error.status >= 500;
      this.set(upload, mayHelp ? 'failed' : 'refused', error.status === 0 ? this.offline : error.message);
    }
  }

  set(upload, state, message = '') {
    Object.assign(upload, { state, message });
    this.told(upload);
  }
}
