// One channel on the screen: its first messages, or one of its threads.

import { $, announce, key } from './dom.js';
import { channelOf, installed, reads } from './room.js';
import { hashFor, here, threadIn } from './address.js';
import { Composer } from './composer.js';
import { Message } from './message.js';

const PAGE_SIZE = 200;       // messages drawn at first; "Show earlier messages" adds as many
const GROUP_SIZE = 25;       // messages that a long log lays out together
const TYPING = { after: 300, upTo: 20000 }; // milliseconds: an answer that comes at once needs no announcement

export class Pane {
  constructor(channel, redraw) {
    this.channel = channel;
    this.redraw = redraw;
    this.root = $('pane').content.firstElementChild.cloneNode(true);
    this.root.id = `pane-${channel}`;
    const part = name => this.root.querySelector(`.${name}`);
    this.title = part('title');
    this.title.id = `${this.root.id}-title`;
    this.root.setAttribute('aria-labelledby', this.title.id);
    this.about = part('about');
    this.back = part('back');
    this.scroll = part('scroll');
    this.log = part('log');
    this.log.setAttribute('aria-labelledby', this.title.id);
    this.empty = part('empty');
    this.typing = part('typing');
    this.earlier = part('earlier');
    this.newer = part('newer');
    this.entries = new Map();
    this.groups = new Map(); // number → the element that holds these messages
    this.limit = PAGE_SIZE;
    this.place = '';
    this.top = 0;
    this.pinned = true; // the reader is at the newest message, and stays there
    this.pressed = { seq: 0, seen: 0 }; // the last button: what the room's newest message was then, and when it was
    this.composer = new Composer(this, part('composer'));
    this.earlier.addEventListener('click', () => {
      // What is read stays where it is. Measured at a message: the height of what is not laid out is a guess.
      const first = this.log.querySelector('article');
      const { top } = first.getBoundingClientRect();
      this.limit += PAGE_SIZE;
      this.redraw();
      this.scroll.scrollTop += first.getBoundingClientRect().top - top;
      this.log.focus({ preventScroll: true });
    });
    this.newer.addEventListener('click', () => { this.toEnd(); this.log.focus({ preventScroll: true }); });
    this.scroll.addEventListener('scroll', () => {
      if (!this.scroll.clientHeight) return; // hidden: that is not scrolling
      const was = this.pinned;
      const up = this.scroll.scrollTop < this.top;
      this.top = this.scroll.scrollTop;
      // Only scrolling up lets go: a message or a keyboard that appears meanwhile does not.
      this.pinned = this.atEnd() || (was && !up);
      if (!this.pinned || was) return;
      this.newer.hidden = true;
      this.redraw(); // what was out of sight is read now
    }, { passive: true });
    // A pane that appears, or that a phone's keyboard makes shorter, keeps showing the newest message.
    new ResizeObserver(() => { if (this.pinned) this.toEnd(); }).observe(this.scroll);
  }

  get thread() { return threadIn(this.channel); }
  get isActive() { return here.channel === this.channel; }

  atEnd() { return this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < 60; }

  toEnd() {
    this.pinned = true;
    this.scroll.scrollTop = this.scroll.scrollHeight;
    this.newer.hidden = true;
  }

  focus() { this.title.focus(); }

  // Opens what is to be shown now, where it is another place than before.
  settle() {
    const place = key(here.user, this.thread, installed);
    this.fresh = place !== this.place;
    if (!this.fresh) return;
    this.place = place;
    // A pane that opens is not read aloud from top to bottom; only what comes later is.
    this.log.setAttribute('aria-live', 'off');
    this.log.replaceChildren();
    this.entries.clear();
    this.groups.clear();
    this.limit = PAGE_SIZE;
    this.pinned = true;
    this.pressed = { seq: 0, seen: 0 };
    clearTimeout(this.hush);
    this.hush = setTimeout(() => { this.hush = 0; this.listen(); }, 500);
  }

  // Only what comes to the channel one is in is read aloud; of the others one hears that something came.
  listen() { this.log.setAttribute('aria-live', this.isActive && !this.hush ? 'polite' : 'off'); }

  messages(model) {
    const { roots } = model.channels.get(this.channel);
    if (!this.thread) return roots;
    const root = roots.find(message => message.id === this.thread);
    return [...(root ? [root] : []), ...(model.threads.get(this.thread)?.replies ?? [])];
  }

  // Marks what is in sight as read; true where that changes anything.
  read(model) {
    if (!this.pinned || document.visibilityState !== 'visible') return false;
    const place = this.thread ? `thread ${this.thread}` : `channel ${this.channel}`;
    const mark = reads.get(place);
    const newest = this.messages(model).reduce((most, message) => Math.max(most, message.seq), mark);
    if (newest > mark) reads.set(place, newest);
    return newest > mark;
  }

  draw(model) {
    const channel = channelOf(this.channel);
    const { thread } = this;
    this.root.classList.toggle('active', this.isActive);
    this.root.dataset.view = thread ? 'thread' : 'channel';
    this.listen();
    this.title.textContent = thread ? 'Thread' : channel.name;
    this.about.textContent = thread ? `in ${channel.name}` : channel.about;
    this.back.href = hashFor({ channel: this.channel, thread: '' });
    this.back.hidden = !thread;
    this.back.setAttribute('aria-label', `Back to ${channel.name}`);

    const messages = this.messages(model);
    const newest = messages.at(-1);
    const grew = !this.fresh && newest && !this.entries.has(newest.id);
    const drawn = messages.slice(-this.limit);
    this.earlier.hidden = drawn.length === messages.length;
    this.empty.hidden = drawn.length > 0;
    if (!this.empty.hidden) this.empty.textContent = !installed ? 'Loading…' : thread ? 'Waiting for the thread…' : channel.empty;
    this.log.classList.toggle('long', drawn.length > PAGE_SIZE);
    this.drawMessages(drawn, messages.length - drawn.length, model);

    this.composer.draw();
    this.drawTyping(messages);
    if (this.pinned || (grew && newest.from === here.user)) this.toEnd();
    else if (grew) this.newer.hidden = false;
    if (grew && !this.isActive && newest.from !== here.user) announce(`New in ${channel.name}`);
  }

  // Messages are kept as elements and changed in place. "before": how many there are that are not drawn.
  drawMessages(drawn, before, model) {
    const wanted = new Set(drawn.map(message => message.id));
    for (const [id, entry] of this.entries) {
      if (wanted.has(id)) continue;
      // The reader stays in the log when the message goes that had the focus.
      if (entry.node.contains(document.activeElement)) this.log.focus({ preventScroll: true });
      entry.node.remove();
      this.entries.delete(id);
    }
    const asked = drawn.findLastIndex(message => message.from === 'bot' && (message.asks || message.kind === 'Submitted'));
    const said = drawn.findLastIndex(message => message.from === 'bot' && !message.to);
    const groupOf = index => Math.floor((before + index) / GROUP_SIZE);
    this.groupUp(drawn.length ? groupOf(0) : 0, drawn.length ? groupOf(drawn.length - 1) : -1);
    const focused = this.log.contains(document.activeElement) && document.activeElement;
    let group = null;
    let cursor = null;
    drawn.forEach((message, index) => {
      if (group !== this.groups.get(groupOf(index))) {
        group = this.groups.get(groupOf(index));
        cursor = group.firstChild;
      }
      let entry = this.entries.get(message.id);
      if (!entry) this.entries.set(message.id, entry = new Message(this));
      entry.update(message, model.threads.get(message.id), Boolean(this.thread && message.asks) && index < (message.asks === 'Stake' ? said : asked));
      // Moved only when out of place: moving an element would take the focus out of it.
      if (entry.node === cursor) cursor = cursor.nextSibling;
      else group.insertBefore(entry.node, cursor);
    });
    // A deletion moves those that begin a group into the one before.
    if (focused && focused.isConnected && focused !== document.activeElement) focused.focus({ preventScroll: true });
    for (const [number, left] of this.groups) {
      if (left.firstChild) continue;
      left.remove();
      this.groups.delete(number);
    }
  }

  // The groups from the first to the last, which may be empty yet.
  groupUp(first, last) {
    for (let number = last; number >= first; number--) {
      if (this.groups.has(number)) continue;
      const group = document.createElement('div');
      this.log.insertBefore(group, this.groups.get(number + 1) ?? null);
      this.groups.set(number, group);
    }
  }

  // ---------- the bot at work ----------

  // The bot has been told something here by a button; "seq" is the room's newest message from before, since the bot may
  // have answered by the time the page hears that it was told.
  awaitBot(seq) {
    this.pressed = { seq, seen: Date.now() };
    this.redraw();
  }

  // From when the bot was told something until it answers, unless it does so at once or not at all.
  drawTyping(messages) {
    // What begins a thread is answered there.
    const said = (this.thread && messages.findLast(message => message.forBot)) || { seq: 0, seen: 0 };
    const told = said.seq > this.pressed.seq ? said : this.pressed;
    const passed = Date.now() - told.seen;
    const works = passed < TYPING.upTo && !messages.some(message => message.from === 'bot' && message.seq > told.seq);
    this.typing.hidden = !works || passed < TYPING.after;
    clearTimeout(this.timer);
    if (works) this.timer = setTimeout(() => this.redraw(), (passed < TYPING.after ? TYPING.after : TYPING.upTo) - passed);
  }
}
