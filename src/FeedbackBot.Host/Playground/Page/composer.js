// Where people write: at the bottom of a pane.

import { coarse, el, setOff, uid, key } from './dom.js';
import { channelOf, userOf } from './room.js';
import { newEventId, post } from './server.js';
import { go, here } from './address.js';

const drafts = new Map();   // user and place → { text, eventId, sent, busy, error }
export const forgetDrafts = () => drafts.clear();
// What was written there last is still on its way: nothing else can be written until it has arrived.
export const isSending = ({ user, channel, thread }) => Boolean(drafts.get(key(user, channel, thread))?.busy);

export class Composer {
  constructor(pane, form) {
    this.pane = pane;
    const id = uid('composer');
    this.label = el('label', { htmlFor: id });
    this.input = el('textarea', { id, rows: 1, dir: 'auto', enterKeyHint: coarse.matches ? 'enter' : 'send' });
    this.button = el('button', { type: 'submit', class: 'primary' }, 'Send');
    this.error = el('p', { class: 'error', role: 'alert', id: uid('error') });
    this.input.setAttribute('aria-describedby', this.error.id);
    form.append(
      el('div', { class: 'composer-head' }, this.label),
      el('div', { class: 'composer-row' }, this.input, this.button), this.error);
    form.addEventListener('submit', event => { event.preventDefault(); this.send(); });
    this.input.addEventListener('input', () => { this.draft().text = this.input.value; });
    this.input.addEventListener('keydown', event => {
      // Phone keyboards have no Shift+Enter: there Enter is a new line and the button sends. An input method's Enter is its own.
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing || coarse.matches) return;
      event.preventDefault();
      this.send();
    });
  }

  draft() {
    const place = key(here.user, this.pane.channel, this.pane.thread);
    if (!drafts.has(place)) drafts.set(place, { text: '', error: '', busy: false });
    return drafts.get(place);
  }

  draw() {
    const draft = this.draft();
    const place = this.pane.thread ? 'Reply' : `Start a thread in ${channelOf(this.pane.channel).name}`;
    const label = `${place} as ${userOf(here.user)?.name ?? here.user}`;
    if (this.label.textContent !== label) this.label.textContent = label;
    if (this.input.value !== draft.text) this.input.value = draft.text;
    this.input.readOnly = draft.busy;
    this.button.textContent = draft.busy ? 'Sending…' : draft.error ? 'Try again' : 'Send';
    setOff(this.button, draft.busy);
    if (this.error.textContent !== draft.error) this.error.textContent = draft.error;
  }

  write(text) {
    const draft = this.draft();
    if (draft.busy) return;
    draft.text = text;
    this.draw();
    // On a phone the keyboard would hide what there is to read.
    (coarse.matches ? this.button : this.input).focus();
  }

  async send() {
    // All of this belongs to the place and user it was sent from, which the reader may have left when the answer comes.
    const draft = this.draft();
    const { user } = here;
    const { channel, thread } = this.pane;
    if (draft.busy || !draft.text.trim()) return;
    if (draft.sent !== draft.text) {
      draft.sent = draft.text;
      draft.eventId = newEventId();
    }
    Object.assign(draft, { busy: true, error: '' });
    this.draw();
    try {
      const answer = await post('messages', { eventId: draft.eventId, user, channel, thread: thread || undefined, text: draft.text });
      Object.assign(draft, { text: '', sent: undefined });
      // Who has gone on to something else is left there.
      const isHere = document.activeElement === document.body || this.pane.root.contains(document.activeElement);
      if (!thread && answer.thread && here.user === user && !this.pane.thread && isHere) {
        go({ channel, thread: answer.thread });
        // The bot answers in the thread: that is where one goes on writing. On a phone the keyboard would hide it.
        if (!coarse.matches) addEventListener('hashchange', () => this.input.focus(), { once: true });
      }
    } catch (error) {
      draft.error = error.message;
    } finally {
      draft.busy = false;
      // Of the whole page: a story may wait for the place to write in.
      this.pane.redraw();
    }
  }
}
