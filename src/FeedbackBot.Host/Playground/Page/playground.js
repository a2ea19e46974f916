// The playground page: every user of the fixed room, one at a time, over the JSON API.
// What people and the bot say only ever reaches the page through textContent and form values, never as markup.

const API = '/playground/api/';
const WAIT_SECONDS = 25;
const PAGE_SIZE = 200; // messages drawn at first; "Show earlier messages" adds as many
const COLLAPSE = { chars: 3000, lines: 40, keepChars: 700, keepLines: 12 };
const KIND_LABELS = {
  Question: 'Question', Candidates: 'Possible matches', Draft: 'Draft', Submitted: 'Submitted',
  TriageCard: 'Triage card', Answer: 'Answer', RoadmapNotice: 'Roadmap', Refusal: 'Not done', Notice: 'Notice',
};

const $ = id => document.getElementById(id);
const room = { users: [], channels: [] };
const here = { user: '', channel: '', thread: '' }; // what the address says
const drafts = new Map();   // place → { text, eventId, sent, busy, error }
const forms = new Map();    // user, view and message → the form, so that typed text outlives every redraw
const attempts = new Map(); // user, message and choice → eventId, until it is accepted
const expanded = new Set(); // long messages opened by "Show all"
let store = new Map();      // id → message, for the current user
let installed = false;      // the store holds the current user's messages

// ---------- small helpers ----------

function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === 'class') node.className = value;
    else if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name in node && !name.startsWith('aria')) node[name] = value;
    else node.setAttribute(name, value);
  }
  fill(node, ...children);
  return node;
}

function fill(node, ...children) {
  node.replaceChildren(...children.filter(child => child !== undefined && child !== null && child !== false && child !== ''));
}

let lastId = 0;
const uid = prefix => `${prefix}-${++lastId}`;
const sleep = ms => new Promise(done => setTimeout(done, ms));
const key = (...parts) => JSON.stringify(parts);
// A direct channel is there for its person only.
const isMine = (channel, user) => !channel.id.startsWith('dm-') || channel.id === `dm-${user}`;
const channelOf = id => room.channels.find(channel => channel.id === id);
const userOf = id => room.users.find(user => user.id === id);
const coarse = matchMedia('(pointer: coarse)');
const narrow = matchMedia('(max-width: 42rem)');

// randomUUID exists only on https and localhost; the playground may be opened from a phone on the same network.
function newEventId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 0x0f) | 0x40;
  b[8] = (b[8] & 0x3f) | 0x80;
  const hex = [...b].map(x => x.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function announce(words) {
  $('announce').textContent = '';
  setTimeout(() => { $('announce').textContent = words; }, 50);
}

function timeOf(at) {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return el('span', { class: 'time' }, String(at ?? ''));
  const today = date.toDateString() === new Date().toDateString();
  const short = date.toLocaleString(undefined, today
    ? { hour: '2-digit', minute: '2-digit' }
    : { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
  return el('time', { class: 'time', dateTime: at, title: date.toLocaleString() }, short);
}

// ---------- the server ----------

class ApiError extends Error {
  constructor(words, fields) {
    super(words);
    this.fields = fields;
  }
}

async function request(path, options = {}, seconds = 30, stop = new AbortController()) {
  const timer = setTimeout(() => stop.abort(), seconds * 1000);
  try {
    const response = await fetch(API + path, { ...options, signal: stop.signal, cache: 'no-store' });
    const body = await response.json().catch(() => null);
    if (!response.ok) throw new ApiError(body?.error || `The server answered ${response.status}. Try again.`, body?.fields);
    return body ?? {};
  } finally {
    clearTimeout(timer);
  }
}

async function post(path, body) {
  try {
    return await request(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError('No answer from the server. Nothing typed is lost; trying again will not send it twice.');
  }
}

// ---------- what is read ----------

// Marks are sequence numbers per user and place, kept for this tab so that a reload does not make everything new.
const reads = (() => {
  let all = {};
  try { all = JSON.parse(sessionStorage.getItem('reads')) ?? {}; } catch { /* no storage: marks live in memory */ }
  const save = () => { try { sessionStorage.setItem('reads', JSON.stringify(all)); } catch { /* as above */ } };
  return {
    get: place => all[here.user]?.[place] ?? 0,
    set(place, seq) { (all[here.user] ??= {})[place] = seq; save(); },
    // A server that started afresh counts from the beginning: old marks would hide its messages.
    check(next) {
      if (Object.values(all[here.user] ?? {}).some(seq => seq > next)) { delete all[here.user]; save(); }
    },
  };
})();

const isRoot = message => !message.thread || message.thread === message.id;
const placeOf = message => (isRoot(message) ? `channel ${message.channel}` : `thread ${message.thread}`);
const isUnread = message => message.from !== here.user && message.seq > reads.get(placeOf(message));

// ---------- the long poll ----------

let turn = 0;                 // a newer turn (another user) ends the older loop
let pending = null;           // the request under way
let wake = () => {};          // ends a back-off early

async function poll() {
  const mine = ++turn;
  pending?.abort();
  wake();
  store = new Map();
  installed = false;
  let after = 0;
  let snapshot = new Map();   // while it is filled from zero; null once live
  let failures = 0;
  render(true);

  while (mine === turn) {
    const asked = Date.now();
    try {
      const query = new URLSearchParams({ user: here.user, after, wait: snapshot ? 0 : WAIT_SECONDS });
      pending = new AbortController();
      const page = await request(`messages?${query}`, {}, WAIT_SECONDS + 15, pending);
      if (mine !== turn) return;
      const next = page.next ?? after;

      if (!snapshot && next < after) { // the server began again: so do we
        after = 0;
        snapshot = new Map();
        continue;
      }
      take(snapshot ?? store, page.messages ?? []);
      if (snapshot && page.messages?.length && next > after) {
        after = next;
        continue; // there may be more
      }
      after = next;
      if (snapshot) {
        // Exchanged at once: what the server no longer has goes, nothing shows twice, nothing flickers.
        store = snapshot;
        snapshot = null;
        reads.check(after);
        const first = !installed;
        installed = true;
        render(first);
      } else if (page.messages?.length) {
        render();
      } else if (Date.now() - asked < 500) {
        await sleep(1000); // a proxy that does not hold requests must not make this a busy loop
      }
      failures = 0;
      connection('live', 'Live');
    } catch {
      if (mine !== turn) return;
      connection('lost', 'Reconnecting…');
      after = 0;
      snapshot = new Map();
      const pause = Math.min(15000, 1000 * 2 ** failures++) * (0.75 + Math.random() / 2);
      await Promise.race([sleep(pause), new Promise(done => { wake = done; })]);
    }
  }
}

function take(into, messages) {
  for (const message of messages) {
    if (message.deleted) {
      into.delete(message.id);
      continue;
    }
    // An update keeps its place, whatever its new sequence number. A restarted server may reuse an id for another message.
    const before = store.get(message.id);
    const known = into.get(message.id) ?? (before?.at === message.at ? before : undefined);
    message.order = known?.order ?? [Date.parse(message.at) || 0, message.seq];
    into.set(message.id, message);
  }
}

function connection(state, words) {
  const node = $('connection');
  if (node.textContent !== words) node.textContent = words;
  node.dataset.state = state;
}

// ---------- address ----------

const hashFor = to => `#${new URLSearchParams(Object.entries({ ...here, ...to }).filter(([, value]) => value))}`;

function readHash() {
  const query = new URLSearchParams(location.hash.slice(1));
  const user = userOf(query.get('user')) ?? room.users[0];
  // Without an address the first channel opens; an address without a channel is the list (what a phone goes back to).
  const asked = channelOf(query.get('channel'));
  const channel = query.has('user') && !query.has('channel') ? undefined : asked && isMine(asked, user?.id) ? asked : room.channels[0];
  return { user: user?.id ?? '', channel: channel?.id ?? '', thread: (channel && query.get('thread')) || '' };
}

function follow() {
  const before = { ...here };
  Object.assign(here, readHash());
  $('user').value = here.user;
  // On a phone the introduction gives way once someone is under way.
  if (narrow.matches && here.channel && here.channel !== room.channels[0].id) $('intro').open = false;
  if (before.user !== here.user) {
    poll();
    return;
  }
  render(before.channel !== here.channel || before.thread !== here.thread);
  // Focus goes where the reader went: into what opened, or back to what opened it.
  if (here.thread && here.thread !== before.thread) $('thread-title').focus();
  else if (before.thread && here.channel === before.channel) {
    (views.channel.entries.get(before.thread)?.link ?? $('channel-title')).focus();
  } else if (here.channel && here.channel !== before.channel) $('channel-title').focus();
  else if (!here.channel && before.channel) {
    const links = [...document.querySelectorAll('#channels a')];
    (links.find(link => link.dataset.channel === before.channel) ?? $('channels-title')).focus();
  }
}

const go = to => { location.hash = hashFor(to); };

// ---------- drawing ----------

const byOrder = (a, b) => a.order[0] - b.order[0] || a.order[1] - b.order[1];

function arrange() {
  const channels = new Map(room.channels.map(channel => [channel.id, { roots: [], unread: 0 }]));
  const threads = new Map();
  for (const message of store.values()) {
    const channel = channels.get(message.channel);
    if (!channel) continue;
    const unread = isUnread(message) ? 1 : 0;
    channel.unread += unread;
    if (isRoot(message)) {
      channel.roots.push(message);
      continue;
    }
    let thread = threads.get(message.thread);
    if (!thread) threads.set(message.thread, thread = { replies: [], unread: 0 });
    thread.replies.push(message);
    thread.unread += unread;
  }
  for (const [id, thread] of threads) {
    thread.replies.sort(byOrder);
    if (store.has(id)) continue;
    // Its first message was deleted: the replies stay within reach.
    const first = thread.replies[0];
    channels.get(first.channel)?.roots.push(
      { id, thread: id, channel: first.channel, order: first.order, seq: 0, at: first.at, gone: true });
  }
  for (const channel of channels.values()) channel.roots.sort(byOrder);
  return { channels, threads };
}

function render(moved = false) {
  const visible = document.visibilityState === 'visible';
  const columns = $('columns');
  columns.dataset.view = here.thread ? 'thread' : here.channel ? 'channel' : 'list';
  $('thread').hidden = !here.thread;
  const seen = view => visible && (moved || view.pinned) && view.root.getClientRects().length > 0;

  let model = arrange();
  const highest = (messages, floor) => messages.reduce((most, message) => Math.max(most, message.seq), floor);
  const markRead = (place, messages) => {
    const mark = reads.get(place);
    const seq = highest(messages, mark);
    if (seq > mark) reads.set(place, seq);
    return seq > mark;
  };
  const roots = model.channels.get(here.channel)?.roots ?? [];
  const replies = model.threads.get(here.thread)?.replies ?? [];
  let marked = false;
  if (here.channel && seen(views.channel)) marked = markRead(`channel ${here.channel}`, roots);
  if (here.thread && seen(views.thread)) marked = markRead(`thread ${here.thread}`, replies) || marked;
  if (marked) model = arrange();

  drawChannels(model);
  const channel = channelOf(here.channel);
  const name = channel ? channel.name : '';
  $('channel-title').textContent = name || 'No channel open';
  $('channel-about').textContent = channel?.about ?? 'Choose one from the list.';
  $('to-list').href = hashFor({ channel: '', thread: '' });
  $('to-channel').href = hashFor({ thread: '' });
  $('thread-about').textContent = name && `in ${name}`;

  views.channel.draw(channel ? model.channels.get(here.channel).roots : [], model.threads, moved);
  const root = here.thread && model.channels.get(here.channel)?.roots.find(message => message.id === here.thread);
  views.thread.draw(here.thread ? [...(root ? [root] : []), ...replies] : [], new Map(), moved);
}

function drawChannels(model) {
  const list = $('channels');
  let total = 0;
  room.channels.forEach((channel, index) => {
    let item = list.children[index];
    if (!item) {
      const link = el('a', {}, el('span', { class: 'name', dir: 'auto' }, channel.name), el('span', { class: 'unread' }));
      link.dataset.channel = channel.id;
      list.append(item = el('li', {}, link));
    }
    item.hidden = !isMine(channel, here.user);
    const link = item.firstChild;
    const { unread } = model.channels.get(channel.id);
    total += unread;
    link.href = hashFor({ channel: channel.id, thread: '' });
    if (channel.id === here.channel) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
    const badge = link.lastChild;
    badge.hidden = !unread;
    badge.replaceChildren(unread > 99 ? '99+' : String(unread), el('span', { class: 'visually-hidden' }, ' unread'));
  });
  document.title = `${total ? `(${total > 99 ? '99+' : total}) ` : ''}FeedbackBot playground`;
}

// One pane: the channel or the thread. Messages are kept as elements and changed in place.
class View {
  constructor(id) {
    this.id = id;
    this.root = $(id);
    this.scroll = this.root.querySelector('.scroll');
    this.log = this.root.querySelector('.log');
    this.empty = this.root.querySelector('.empty');
    this.earlier = this.root.querySelector('.earlier');
    this.newer = this.root.querySelector('.newer');
    this.composer = new Composer(this, this.root.querySelector('.composer'));
    this.entries = new Map();
    this.limit = PAGE_SIZE;
    this.place = '';
    this.top = 0;
    this.pinned = true; // the reader is at the newest message, and stays there
    this.earlier.addEventListener('click', () => {
      const fromEnd = this.scroll.scrollHeight - this.scroll.scrollTop;
      this.limit += PAGE_SIZE;
      render();
      this.scroll.scrollTop = this.scroll.scrollHeight - fromEnd;
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
      render(); // what was out of sight is read now
    }, { passive: true });
    // A pane that appears, or that a phone's keyboard makes shorter, keeps showing the newest message.
    new ResizeObserver(() => { if (this.pinned) this.toEnd(); }).observe(this.scroll);
  }

  atEnd() { return this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < 60; }

  toEnd() {
    this.pinned = true;
    this.scroll.scrollTop = this.scroll.scrollHeight;
    this.newer.hidden = true;
  }

  draw(messages, threads, moved) {
    const place = key(here.user, here.channel, this.id === 'thread' ? here.thread : '', installed);
    const fresh = moved && place !== this.place;
    this.place = place;
    if (fresh) {
      // A pane that opens is not read aloud from top to bottom; only what comes later is.
      this.log.setAttribute('aria-live', 'off');
      this.log.replaceChildren();
      this.entries.clear();
      this.limit = PAGE_SIZE;
    }
    if (fresh) this.pinned = true;
    const newest = messages.at(-1);
    const grew = !fresh && newest && !this.entries.has(newest.id);
    const drawn = messages.slice(-this.limit);
    this.earlier.hidden = drawn.length === messages.length;
    this.empty.hidden = drawn.length > 0;
    if (this.id === 'channel') {
      this.empty.textContent = !here.channel ? '' : installed ? 'Nothing here yet. The first message starts a thread.' : 'Loading…';
    }

    const wanted = new Set(drawn.map(message => message.id));
    for (const [id, entry] of this.entries) {
      if (wanted.has(id)) continue;
      entry.node.remove();
      this.entries.delete(id);
    }
    let cursor = this.log.firstChild;
    for (const message of drawn) {
      let entry = this.entries.get(message.id);
      if (!entry) this.entries.set(message.id, entry = new Entry(this));
      entry.update(message, threads.get(message.id));
      // Moved only when out of place: moving an element would take the focus out of it.
      if (entry.node === cursor) cursor = cursor.nextSibling;
      else this.log.insertBefore(entry.node, cursor);
    }

    this.composer.draw();
    if (this.pinned || (grew && newest.from === here.user)) this.toEnd();
    else if (grew) this.newer.hidden = false;
    if (fresh) setTimeout(() => this.log.setAttribute('aria-live', 'polite'), 500);
  }
}

// One message in one pane.
class Entry {
  constructor(view) {
    this.view = view;
    this.busy = false;
    this.head = el('div', { class: 'head', id: uid('head') });
    this.body = el('div', { class: 'body' });
    this.choices = el('div', { class: 'choices', role: 'group', 'aria-label': 'Choices' });
    this.error = el('p', { class: 'error', role: 'alert' });
    this.slot = el('div', { class: 'slot' });
    this.foot = el('div', { class: 'foot' });
    this.avatar = el('span', { class: 'avatar', 'aria-hidden': 'true' });
    this.node = el('article', { tabIndex: -1, 'aria-labelledby': this.head.id }, this.avatar,
      el('div', { class: 'content' }, this.head, this.body, this.choices, this.error, this.slot, this.foot));
  }

  get formKey() { return key(here.user, this.view.id, this.message.id); }

  update(message, thread) {
    if (this.message !== message) {
      this.message = message;
      // Compared by content: after a resynchronisation every message is a new object, and most say the same.
      const content = JSON.stringify(message);
      if (this.content !== content) {
        this.content = content;
        this.drawMessage();
      }
    }
    const last = thread?.replies.at(-1);
    const state = key(here.channel, last?.id, thread?.replies.length, thread?.unread, here.thread === message.id);
    if (this.view.id === 'channel' && state !== this.threadState) {
      this.threadState = state;
      this.drawThreadLink(thread, last);
    }
  }

  drawMessage() {
    const { message } = this;
    const author = userOf(message.from);
    const name = message.from === 'bot' ? 'FeedbackBot' : author?.name ?? message.from;
    this.node.dataset.id = message.id;
    this.node.dataset.kind = message.kind ?? '';
    this.node.dataset.asks = message.asks ?? '';
    this.node.classList.toggle('private', Boolean(message.to));
    this.node.classList.toggle('gone', Boolean(message.gone));
    if (message.gone) {
      this.avatar.textContent = '';
      this.head.replaceChildren();
      this.body.replaceChildren(el('p', { class: 'text' }, 'The first message of this thread was deleted.'));
      this.choices.replaceChildren();
      this.error.textContent = '';
      this.slot.replaceChildren();
      return;
    }
    this.avatar.textContent = message.from === 'bot' ? '' : [...(name ?? '?')][0].toUpperCase();
    this.avatar.dataset.tone = message.from === 'bot' ? 'bot' : String(room.users.indexOf(author) % 5);
    fill(this.head,
      el('bdi', { class: 'author' }, name),
      author && el('span', { class: 'role' }, author.role),
      timeOf(message.at),
      KIND_LABELS[message.kind] && el('span', { class: 'badge kind' }, KIND_LABELS[message.kind]),
      message.level && el('span', { class: 'badge level' }, `Level ${message.level}`),
      message.request && el('span', { class: 'role', dir: 'auto' }, `Request ${message.request}`),
      message.to && el('span', { class: 'badge only' }, 'Only you see this'));
    this.drawBody();
    this.drawChoices();
    // The open form itself is left alone by an update: someone may be typing in it.
    const form = forms.get(this.formKey);
    if (!form) return;
    form.onchange = () => this.formChanged();
    if (form.open && !this.slot.contains(form.node)) this.slot.replaceChildren(form.node);
  }

  drawBody() {
    const text = this.message.text ?? '';
    const lines = text.split('\n');
    const long = text.length > COLLAPSE.chars || lines.length > COLLAPSE.lines;
    const id = key(this.view.id, this.message.id);
    const open = expanded.has(id);
    const content = el('div', { class: 'text', dir: 'auto', id: uid('text') });
    content.textContent = !long || open ? text
      : `${lines.slice(0, COLLAPSE.keepLines).join('\n').slice(0, COLLAPSE.keepChars).replace(/[\ud800-\udbff]$/, '')}…`;
    this.body.replaceChildren(content);
    if (!long) return;
    this.body.append(el('button', {
      type: 'button', class: 'link', 'aria-expanded': String(open), 'aria-controls': content.id,
      onclick: () => {
        if (open) expanded.delete(id);
        else expanded.add(id);
        this.drawBody();
        this.body.querySelector('button').focus();
      },
    }, open ? 'Show less' : `Show all (${text.length.toLocaleString()} characters)`));
  }

  drawChoices() {
    const focused = this.choices.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const { choices = [] } = this.message;
    this.choices.hidden = !choices.length;
    const buttons = choices.map(choice => {
      const opens = choice.opensForm && this.message.form?.length;
      const button = el('button', {
        type: 'button',
        class: ['primary', 'danger'].includes(choice.style) ? choice.style : '',
        dir: 'auto',
        'aria-expanded': opens ? String(Boolean(forms.get(this.formKey)?.isOpenFor(choice))) : null,
        onclick: () => (opens ? this.openForm(choice) : this.act(choice)),
      }, choice.label);
      button.dataset.key = key(choice.action, choice.value);
      button.dataset.action = choice.action;
      if (this.busy) button.setAttribute('aria-disabled', 'true');
      return button;
    });
    this.choices.replaceChildren(...buttons);
    // The choice that had the focus may be gone; the reader stays at the message.
    if (focused !== null) (buttons.find(button => button.dataset.key === focused) ?? this.node).focus();
  }

  drawThreadLink(thread, last) {
    const { message } = this;
    const focused = this.foot.contains(document.activeElement);
    const count = thread?.replies.length ?? 0;
    this.link = el('a', {
      class: count ? 'replies' : 'replies none',
      href: hashFor({ thread: message.id }),
      'aria-current': here.thread === message.id ? 'true' : null,
    }, count ? `${count} ${count === 1 ? 'reply' : 'replies'}` : 'Reply in thread');
    this.foot.replaceChildren(this.link);
    if (thread?.unread) this.link.append(' ', el('span', { class: 'unread' }, `${thread.unread} new`));
    if (last) this.foot.append(el('span', { class: 'role' }, 'last ', timeOf(last.at)));
    if (focused) this.link.focus();
  }

  async act(choice) {
    if (this.busy) return;
    const attempt = key(here.user, this.message.id, choice.action, choice.value);
    if (!attempts.has(attempt)) attempts.set(attempt, newEventId());
    this.setBusy(true);
    this.error.textContent = '';
    try {
      await post('actions', {
        eventId: attempts.get(attempt), user: here.user, message: this.message.id,
        action: choice.action, value: choice.value,
      });
      attempts.delete(attempt);
      announce(`${choice.label}: sent`);
    } catch (error) {
      this.error.textContent = error.message;
    } finally {
      this.setBusy(false);
    }
  }

  // Not "disabled": that would drop the keyboard focus to the top of the page.
  setBusy(busy) {
    this.busy = busy;
    for (const button of this.choices.children) {
      if (busy) button.setAttribute('aria-disabled', 'true');
      else button.removeAttribute('aria-disabled');
    }
  }

  openForm(choice) {
    let form = forms.get(this.formKey);
    if (form?.isOpenFor(choice)) {
      form.close();
      return;
    }
    if (!form) forms.set(this.formKey, form = new ChoiceForm(this.formKey, this.message, here.user));
    form.onchange = () => this.formChanged();
    form.openFor(choice, this.message);
    this.slot.replaceChildren(form.node);
    this.drawChoices();
    form.node.scrollIntoView({ block: 'nearest' });
    form.focusFirst();
  }

  formChanged() {
    const form = forms.get(this.formKey);
    if (form?.open) return;
    const hadFocus = this.slot.contains(document.activeElement);
    this.slot.replaceChildren();
    this.drawChoices();
    if (!hadFocus) return;
    const opener = form && [...this.choices.children].find(button => button.dataset.key === key(form.choice.action, form.choice.value));
    (opener ?? this.node).focus();
  }
}

// ---------- forms ----------

class ChoiceForm {
  constructor(formKey, message, user) {
    this.formKey = formKey;
    this.message = message.id;
    this.user = user;
    this.open = false;
    this.busy = false;
    this.preset = {}; // "when" names that are no field of the form: the choice alone decides
    this.title = el('p', { class: 'form-title', id: uid('form'), dir: 'auto' });
    this.error = el('p', { class: 'error', role: 'alert' });
    this.submit = el('button', { type: 'submit', class: 'primary' }, 'Send');
    this.fields = message.form.map(definition => new Field(definition));
    this.node = el('form', {
      class: 'choice-form', noValidate: true, 'aria-labelledby': this.title.id,
      onsubmit: event => { event.preventDefault(); this.send(); },
      oninput: () => this.apply(),
      onkeydown: event => { if (event.key === 'Escape' && !event.isComposing) this.close(); },
    }, this.title, ...this.fields.map(field => field.node), this.error,
    el('div', { class: 'choices' }, this.submit, el('button', { type: 'button', onclick: () => this.close() }, 'Cancel')));
  }

  isOpenFor(choice) { return this.open && this.choice.action === choice.action && this.choice.value === choice.value; }

  openFor(choice, message) {
    this.choice = choice;
    this.open = true;
    this.title.textContent = choice.label;
    this.error.textContent = '';
    for (const definition of message.form) {
      const name = definition.when?.field;
      if (!name) continue;
      const field = this.fields.find(other => other.name === name);
      if (!field) this.preset[name] = choice.value;
      else if (field.accepts(choice.value)) field.set(choice.value);
    }
    this.apply();
  }

  close() {
    this.open = false; // what was typed stays for the next opening
    this.onchange?.();
  }

  // Which fields apply, from the values of those before them.
  apply() {
    for (const field of this.fields) {
      const { when } = field.definition;
      if (!when) continue;
      const other = this.fields.find(candidate => candidate.name === when.field);
      const value = !other ? this.preset[when.field] : other.node.hidden ? undefined : other.value();
      field.node.hidden = ![value].flat().some(one => when.values.includes(one));
    }
  }

  applicable() { return this.fields.filter(field => !field.node.hidden); }

  focusFirst() {
    const fields = this.applicable();
    (fields.find(field => field.value() !== this.choice.value) ?? fields[0])?.focus();
  }

  showErrors(words, errors) {
    this.error.textContent = words;
    const wrong = this.applicable().filter(field => {
      field.showError(errors[field.name] ?? '');
      return errors[field.name];
    });
    wrong[0]?.focus();
  }

  async send() {
    if (this.busy) return;
    const fields = this.applicable();
    const missing = Object.fromEntries(fields.map(field => [field.name, field.problem()]).filter(([, problem]) => problem));
    if (Object.keys(missing).length) {
      this.showErrors('Not sent yet: see the marked fields.', missing);
      return;
    }
    const content = {
      user: this.user, message: this.message, action: this.choice.action, value: this.choice.value,
      form: Object.fromEntries(fields.map(field => [field.name, field.value()])),
    };
    // The same content is the same event however often it is tried; corrected content is a new one.
    const sent = JSON.stringify(content);
    if (sent !== this.sent) {
      this.sent = sent;
      this.eventId = newEventId();
    }
    this.setBusy(true);
    this.showErrors('', {});
    try {
      await post('actions', { eventId: this.eventId, ...content });
      announce(`${this.choice.label}: sent`);
      forms.delete(this.formKey);
      this.close();
    } catch (error) {
      this.showErrors(error.message, error.fields ?? {});
    } finally {
      this.setBusy(false);
    }
  }

  setBusy(busy) {
    this.busy = busy;
    this.submit.textContent = busy ? 'Sending…' : 'Send';
    if (busy) this.submit.setAttribute('aria-disabled', 'true');
    else this.submit.removeAttribute('aria-disabled');
  }
}

class Field {
  constructor(definition) {
    this.definition = definition;
    this.type = definition.type.toLowerCase(); // the API says textArea, multiSelect
    this.name = definition.name;
    const id = uid('field');
    const { type } = this;
    const { required, options = [], help, maxLength } = definition;
    const label = [definition.label, required ? '' : el('span', { class: 'optional' }, ' (optional)')];
    const hint = [help, maxLength && !options.length && `Up to ${maxLength.toLocaleString()} characters.`].filter(Boolean).join(' ');
    this.error = el('p', { class: 'error', id: `${id}-error` });
    this.help = hint && el('p', { class: 'help', id: `${id}-help`, dir: 'auto' }, hint);
    const described = [hint && `${id}-help`, `${id}-error`].filter(Boolean).join(' ');

    if (type === 'multiselect') {
      this.inputs = options.map(option => el('input', { type: 'checkbox', name: this.name, value: option.value }));
      this.node = el('fieldset', { class: 'field', 'aria-describedby': described }, el('legend', {}, ...label), this.help,
        ...options.map((option, index) => el('label', { class: 'check' }, this.inputs[index], el('span', { dir: 'auto' }, option.label))),
        this.error);
    } else {
      // No maxlength attribute: it would cut off pasted text without a word. The length is checked on sending.
      const common = { id, name: this.name, required, 'aria-describedby': described };
      const input = type === 'select'
        ? el('select', common, el('option', { value: '' }, 'Choose…'), ...options.map(option => el('option', { value: option.value }, option.label)))
        : type === 'textarea'
          ? el('textarea', { ...common, rows: 3, dir: 'auto' })
          : el('input', { ...common, type: type === 'url' ? 'url' : 'text', dir: 'auto', autocomplete: 'off' });
      this.inputs = [input];
      this.node = el('div', { class: 'field' }, el('label', { htmlFor: id }, ...label), this.help, input, this.error);
    }
    if (definition.value !== undefined && definition.value !== null) this.set(definition.value);
  }

  get many() { return this.type === 'multiselect'; }

  value() { return this.many ? this.inputs.filter(input => input.checked).map(input => input.value) : this.inputs[0].value; }

  set(value) {
    if (this.many) for (const input of this.inputs) input.checked = [value].flat().includes(input.value);
    else this.inputs[0].value = value;
  }

  accepts(value) {
    const { options } = this.definition;
    return value !== undefined && value !== null && (!options || options.some(option => option.value === value));
  }

  problem() {
    const value = this.value();
    const { required, maxLength } = this.definition;
    if (required && (this.many ? !value.length : !value.trim())) return this.definition.options ? 'Choose one.' : 'Fill this in.';
    if (maxLength && !this.many && value.length > maxLength) {
      return `Shorten this to ${maxLength.toLocaleString()} characters; it has ${value.length.toLocaleString()}.`;
    }
    return '';
  }

  showError(words) {
    this.error.textContent = words;
    for (const input of this.inputs) {
      if (words) input.setAttribute('aria-invalid', 'true');
      else input.removeAttribute('aria-invalid');
    }
  }

  focus() { this.inputs[0]?.focus(); }
}

// ---------- composers ----------

class Composer {
  constructor(view, form) {
    this.view = view;
    const id = uid('composer');
    this.label = el('label', { htmlFor: id });
    this.input = el('textarea', { id, rows: 1, dir: 'auto', enterKeyHint: coarse.matches ? 'enter' : 'send' });
    this.button = el('button', { type: 'submit', class: 'primary' }, 'Send');
    this.error = el('p', { class: 'error', role: 'alert', id: uid('error') });
    this.input.setAttribute('aria-describedby', this.error.id);
    form.append(
      el('div', { class: 'composer-head' }, this.label, el('span', { class: 'keys' }, 'Enter sends, Shift+Enter: new line')),
      el('div', { class: 'composer-row' }, this.input, this.button), this.error);
    form.addEventListener('submit', event => { event.preventDefault(); this.send(); });
    this.input.addEventListener('input', () => { this.draft().text = this.input.value; });
    this.input.addEventListener('keydown', event => {
      // Phone keyboards have no Shift+Enter: there Enter is a new line and the button sends. An input method's Enter is its own.
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing || coarse.matches) return;
      event.preventDefault();
      this.send();
    });
    this.form = form;
  }

  get thread() { return this.view.id === 'thread' ? here.thread : ''; }

  draft() {
    const place = key(here.user, here.channel, this.thread);
    if (!drafts.has(place)) drafts.set(place, { text: '', error: '', busy: false });
    return drafts.get(place);
  }

  draw() {
    this.form.hidden = !here.channel;
    const draft = this.draft();
    const place = this.thread ? 'Reply in the thread' : `Start a thread in ${channelOf(here.channel)?.name ?? ''}`;
    const label = `${place} as ${userOf(here.user)?.name ?? here.user}`;
    if (this.label.textContent !== label) this.label.textContent = label;
    if (this.input.value !== draft.text) this.input.value = draft.text;
    this.input.readOnly = draft.busy;
    this.button.textContent = draft.busy ? 'Sending…' : draft.error ? 'Try again' : 'Send';
    if (draft.busy) this.button.setAttribute('aria-disabled', 'true');
    else this.button.removeAttribute('aria-disabled');
    if (this.error.textContent !== draft.error) this.error.textContent = draft.error;
  }

  async send() {
    // All of this belongs to the place and user it was sent from, which the reader may have left when the answer comes.
    const draft = this.draft();
    const { user, channel } = here;
    const { thread } = this;
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
      if (narrow.matches) $('intro').open = false; // known by now, and the room is needed
      const still = here.user === user && here.channel === channel && !here.thread;
      if (!thread && answer.thread && still) {
        go({ thread: answer.thread });
        // The bot answers in the thread: that is where one goes on writing. On a phone the keyboard would hide it.
        if (!coarse.matches) addEventListener('hashchange', () => views.thread.composer.input.focus(), { once: true });
      }
    } catch (error) {
      draft.error = error.message;
    } finally {
      draft.busy = false;
      this.draw();
    }
  }
}

// ---------- start ----------

const views = { channel: new View('channel'), thread: new View('thread') };

$('user').addEventListener('change', event => go({ user: event.target.value }));
addEventListener('hashchange', follow);
addEventListener('online', () => wake());
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState !== 'visible') return;
  wake();
  if (installed) render();
});
document.addEventListener('keydown', event => {
  if (event.key === 'Escape' && here.thread && !event.defaultPrevented && !event.target.closest?.('.choice-form, .composer')) go({ thread: '' });
});

$('try').addEventListener('click', () => {
  const seller = /seller/i.test(userOf(here.user)?.role) ? userOf(here.user) : room.users.find(user => /seller/i.test(user.role));
  const channel = room.channels.find(each => /seller/i.test(each.name)) ?? room.channels[0];
  if (!seller || !channel) return;
  const place = key(seller.id, channel.id, '');
  const draft = drafts.get(place) ?? { error: '', busy: false };
  if (!draft.busy && !draft.text?.trim()) draft.text = $('example').textContent;
  drafts.set(place, draft);
  const to = { user: seller.id, channel: channel.id, thread: '' };
  if (hashFor(to) === hashFor({})) render();
  else addEventListener('hashchange', () => views.channel.composer.input.focus(), { once: true });
  go(to);
  views.channel.composer.input.focus();
});

async function start() {
  for (let failures = 0; ; failures++) {
    try {
      Object.assign(room, await request('room'));
      break;
    } catch {
      connection('lost', 'Reconnecting…');
      await sleep(Math.min(15000, 1000 * 2 ** failures));
    }
  }
  $('user').replaceChildren(...room.users.map(user => el('option', { value: user.id }, `${user.name} (${user.role})`)));
  history.replaceState(null, '', (Object.assign(here, readHash()), hashFor({})));
  $('user').value = here.user;
  poll();
}

start();
