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
const wide = matchMedia('(min-width: 80rem)');

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
  story.follow();
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
      this.empty.firstElementChild.textContent = !here.channel ? '' : installed ? 'Nothing here yet. The first message starts a thread.' : 'Loading…';
      $('empty-stories').hidden = !installed || story.isOn;
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

// ---------- stories ----------

// A story is data. A step says who does it (user) and where: "starts" opens a thread of that name in a channel, "thread" goes
// on in it at the open question ("asks") or at the bot's answer ("kind"), "card" is the request of that thread in #triage.
// It is done with words for the composer (text), a button (press) or a button's form (press and form). "show" only points.
// "look" is the one sentence of what to look at.

const WHAT = {
  SpecificIssue: 'Say what exactly fails', Cause: 'Say what is behind it', Cost: 'Give the cost', Compliance: 'Name the rule',
  Infrastructure: 'Describe their setup', Alternatives: 'Say what was tried', Customer: 'Name the customer',
  ProductArea: 'Choose the product area', Duplicate: 'Look at the possible match', Confirm: 'Read the draft and send it', Stake: 'Say what is at stake',
};

const CUSTOMER = 'The customer is counted on the request; other customers’ teams never see the name.';
const DRAFT = 'The draft is in Sam’s own words, and nothing is sent before Sam says so.';

// Someone who already says everything: only the customer, the area and the draft are left.
const complete = (user, starts, text, customer, area, look = 'Issue, reason, a fact and what was tried are all in there, so the bot asks for none of them.') => [
  { user, channel: 'sellers', starts, text, what: 'Post the whole problem', look },
  { user, thread: starts, asks: 'Customer', press: { action: 'choose', value: customer }, otherwise: customer, look: CUSTOMER },
  { user, thread: starts, asks: 'ProductArea', press: { action: 'choose', value: area }, look: 'The area decides which product team gets the card.' },
];
const send = (user, thread, look = DRAFT) => [
  { user, thread, asks: 'Confirm', press: { action: 'submit' }, look },
  { user, thread, asks: 'Stake', press: { action: 'skip' }, look: 'It is sent already; this last question can always be skipped.', what: 'Skip what is at stake' },
];
const answers = (card, value, form, what, look, user = 'pm-ana') => ({ user, card, press: { action: 'answer', value }, form, what, look });

const STORIES = [
  {
    id: 'access', group: 'From vague to actionable', title: 'Access to production', about: '“Will not buy without feature X” becomes level 400: compliance.',
    steps: [
      { user: 'sam', channel: 'sellers', starts: 'sam', text: 'Contoso will not buy the product until feature X is added', what: 'Post the blocker', look: 'Everybody has heard this one: level 100, and nothing in it a product team could act on.' },
      { user: 'sam', thread: 'sam', asks: 'SpecificIssue', text: 'The product currently requires giving access to production systems directly to their development teams.', look: 'The bot answers in the thread, with one question at a time; this one is about what an engineer would ask first.' },
      { user: 'sam', thread: 'sam', asks: 'Cause', press: { action: 'choose', value: 'Compliance' }, look: 'Almost every blocker comes from one of these four; here it is compliance.' },
      { user: 'sam', thread: 'sam', asks: 'Compliance', text: 'It puts them in violation of their current implementation of SOX, which asks for segregation of duties.', look: 'A name the product team can check, SOX, is worth more than “security does not like it”.' },
      { user: 'sam', thread: 'sam', asks: 'Alternatives', text: 'SOX without segregation of duties was suggested, but rejected by the enterprise security team.', look: 'What was tried already, so that nobody suggests it again.' },
      { user: 'sam', thread: 'sam', asks: 'Customer', press: { action: 'choose', value: 'Contoso' }, otherwise: 'Contoso', look: 'Level 400 now. The bot has read the name in the first message and offers it.' },
      { user: 'sam', thread: 'sam', asks: 'ProductArea', press: { action: 'choose', value: 'Identity and security' }, look: 'The likeliest area comes first.' },
      { user: 'sam', thread: 'sam', asks: 'Confirm', press: { action: 'submit' }, look: 'The same complaint, now actionable, and every word of it is Sam’s.' },
      { user: 'sam', thread: 'sam', asks: 'Stake', text: 'EUR 400k, renewal in March', look: 'It is sent already; what is at stake helps to weigh it and can be skipped.' },
      answers('sam', 'OnRoadmap', { date: 'Q2 2027', planned: 'Deployments by role, without access to production.', workaround: 'A pipeline account that the security team owns.' }, 'Answer the card', 'Now you are Ana: one card in #triage has all she needs to decide. She plans it, with a date and a workaround.'),
      { user: 'sam', thread: 'sam', kind: 'Answer', press: { action: 'accepts' }, what: 'Tell what the customer says', look: 'Ana’s answer is in the thread where Sam asked, in words for the customer.' },
    ],
  },
  {
    id: 'cluster', group: 'From vague to actionable', title: 'Seven nodes for ten apps', about: 'Two reasons at once: cost and current infrastructure.',
    steps: [
      { user: 'sam', channel: 'sellers', starts: 'sam', text: 'Fabrikam is blocked because of feature Y', what: 'Post the blocker', look: 'Short and vague, as from a phone between two meetings.' },
      { user: 'sam', thread: 'sam', asks: 'SpecificIssue', text: 'The smallest application cluster is 7 nodes, on large VMs with premium storage.', look: 'One question at a time, and each says why it is asked.' },
      { user: 'sam', thread: 'sam', asks: 'Cause', text: 'Cost and current infrastructure', look: 'Words do as well as the buttons: two reasons, and both get a question of their own.' },
      { user: 'sam', thread: 'sam', asks: 'Cost', text: 'They would need dozens of clusters, which would cost hundreds of thousands of dollars a year.', look: 'A rough figure is enough: it can be weighed.' },
      { user: 'sam', thread: 'sam', asks: 'Infrastructure', text: 'On-prem they run one cluster for each 5 to 10 applications, because the apps are separated logically and by permissions.', look: 'One hard fact about the setup explains where the cost comes from.' },
      { user: 'sam', thread: 'sam', asks: 'Alternatives', text: 'Consolidating the clusters was considered, but changing the architecture would take years.', look: 'The obvious way out, and why it is none.' },
      { user: 'sam', thread: 'sam', asks: 'People', text: 'skip', what: 'Skip what does not apply', look: 'People and process have nothing to do with it: “skip” always works.' },
      { user: 'sam', thread: 'sam', asks: 'Customer', press: { action: 'choose', value: 'Fabrikam' }, otherwise: 'Fabrikam', look: CUSTOMER },
      { user: 'sam', thread: 'sam', asks: 'ProductArea', press: { action: 'choose', value: 'Deployment and infrastructure' }, look: 'The likeliest area comes first.' },
      { user: 'sam', thread: 'sam', asks: 'Confirm', press: { action: 'submit' }, look: 'Level 400: “because of cost” and “because of current infrastructure” stand apart.' },
      { user: 'sam', thread: 'sam', asks: 'Stake', text: 'USD 300k a year, decision in June', look: 'It is sent already; this is for whoever has to weigh it.' },
      { user: 'pm-ana', card: 'sam', show: true, what: 'Look at the card', look: 'Now you are Ana: both reasons, the figures and the deadline are on one card.' },
    ],
  },
  {
    id: 'duplicate', group: 'The same need twice', title: 'Somebody asked already', about: 'A second customer is counted on the request that exists.',
    steps: [
      ...complete('sam', 'sam', 'Woodgrove Bank is blocked: support staff can read card numbers in the logs, which breaks PCI DSS 3.4. Masking them in a proxy was tried, but it slowed payments by 2 seconds.', 'Woodgrove Bank', 'Identity and security'),
      ...send('sam', 'sam'),
      ...complete('sofia', 'sofia', 'Northwind cannot go live: card numbers stand in the logs in full, which PCI DSS 3.4 forbids. Masking the logs afterwards was suggested, but their auditors rejected it.', 'Northwind', 'Identity and security', 'Now you are Sofia, with a customer of your own and your own words for it.'),
      { user: 'sofia', thread: 'sofia', asks: 'Duplicate', press: { action: 'same', of: 'sam' }, look: 'The bot has found Sam’s request. It shows no name and no sum of the other customer, and leaves the decision to Sofia.' },
      ...send('sofia', 'sofia', 'What Sofia knows is added to the request, and nothing of it is lost.'),
      { user: 'pm-ana', card: 'sam', show: true, what: 'Look at the card', look: 'Now you are Ana: still one card, with two customers on it.' },
    ],
  },
  {
    id: 'two-sellers', group: 'The same need twice', title: 'Two sellers, one answer', about: 'One answer reaches both threads; each customer reacts on their own.',
    steps: [
      ...complete('sam', 'sam', 'Alpine Ski House is blocked: the mobile app needs a connection to open a ticket, and 30 of their lifts have no coverage. Paper tickets were tried, but 400 a day were lost.', 'Alpine Ski House', 'General'),
      ...send('sam', 'sam'),
      ...complete('sofia', 'sofia', 'Blue Yonder Ferries is stuck too: the mobile app cannot open a ticket without a connection, and their 12 ferries have no coverage at sea. Printed tickets were tried, but 90 a week were lost.', 'Blue Yonder Ferries', 'General', 'Now you are Sofia, with the same need at sea.'),
      { user: 'sofia', thread: 'sofia', asks: 'Duplicate', press: { action: 'same', of: 'sam' }, look: 'Same need, another place: Sofia joins Sam’s request.' },
      ...send('sofia', 'sofia', 'The draft says which request it is added to.'),
      answers('sam', 'OnRoadmap', { date: 'H1 2027', planned: 'Tickets open offline for 48 hours.', workaround: 'Download the tickets at the station, before the trip.' }, 'Answer once', 'Now you are Ben: he answers one card, for both.', 'pm-ben'),
      { user: 'sam', thread: 'sam', kind: 'Answer', press: { action: 'accepts' }, what: 'Sam’s customer accepts', look: 'The answer is in Sam’s thread …' },
      { user: 'sofia', thread: 'sofia', kind: 'Answer', press: { action: 'told' }, what: 'Sofia has told hers', look: '… and in Sofia’s, and each says what became of it.' },
      { user: 'pm-ben', card: 'sam', show: true, what: 'Look at the outcome', look: 'Ben sees both outcomes on his card.' },
    ],
  },
  {
    id: 'exists', group: 'The five answers', title: '1 · It already exists', about: 'A link, and how it solves this.',
    steps: [
      ...complete('sam', 'sam', 'Proseware is blocked: every engineer deploys with one shared key, and ISO 27001 A.5.16 asks for an identity per person. Changing the key every week was tried, but 12 teams could not keep up.', 'Proseware', 'Identity and security'),
      ...send('sam', 'sam'),
      answers('sam', 'AlreadyExists', { link: 'https://docs.example/roles', how: 'Give each pipeline a role of its own; people sign in with their own account.' }, 'Answer: it exists', 'Now you are Ana. The best answer of the five: where it is and how it helps.'),
      { user: 'sam', thread: 'sam', kind: 'Answer', press: { action: 'accepts' }, what: 'The customer accepts', look: 'A happy customer, and nothing had to be built.' },
    ],
  },
  {
    id: 'roadmap', group: 'The five answers', title: '2 · It is on the roadmap', about: 'About when, what, and what to do meanwhile.',
    steps: [
      ...complete('sam', 'sam', 'Tailspin is blocked: audit logs are gone after 30 days, and SEC rule 17a-4 makes them keep six years. Exporting them by hand was tried, but two months were missed.', 'Tailspin', 'General'),
      ...send('sam', 'sam'),
      answers('sam', 'OnRoadmap', { date: 'Q3 2027', planned: 'Audit logs are kept for up to ten years.', workaround: 'A nightly export by the API.' }, 'Answer: it is planned', 'Now you are Ana: a quarter is date enough, and “soon” would be refused.'),
      { user: 'sam', thread: 'sam', kind: 'Answer', press: { action: 'told' }, what: 'Tell the customer', look: 'A date and a workaround: something to bring to the customer today.' },
    ],
  },
  {
    id: 'rare', group: 'The five answers', title: '3 · Not a priority', about: 'Why, and what would change that.',
    steps: [
      ...complete('sam', 'sam', 'Lamna Healthcare is blocked: the patient forms cannot be shown in Welsh, and the Welsh Language Standards require it of their 14 clinics. Browser translation was tried, but it got the names of medicines wrong.', 'Lamna Healthcare', 'General'),
      ...send('sam', 'sam'),
      answers('sam', 'NotAPriority', { why: 'One customer in three years has asked for it.', threshold: '5 customers or EUR 500k', workaround: 'Their own texts, through the custom labels.' }, 'Answer: a rare request', 'Now you are Ana. A rare request gets a reason, and a number that would open it again.'),
      { user: 'sam', thread: 'sam', kind: 'Answer', press: { action: 'told' }, what: 'Tell the customer', look: 'It is a no, but one that says what would make it a yes.' },
    ],
  },
  {
    id: 'costly', group: 'The five answers', title: '4 · Too costly to build', about: 'The architectural reason, in words a customer understands.',
    steps: [
      ...complete('sam', 'sam', 'Adatum is blocked: the agent needs an identity of its own on each host, and their mainframe has one account for 4,000 nightly jobs. One agent per job was tried, but the mainframe ran out of memory.', 'Adatum', 'Deployment and infrastructure'),
      ...send('sam', 'sam'),
      answers('sam', 'TooCostly', { constraint: 'An agent proves who it is by its host account; sharing one would need a second identity in every part of the product.', workaround: 'A gateway host that collects the jobs and has its own account.' }, 'Answer: too costly', 'Now you are Ana: she names the constraint, so that the customer can understand the no.'),
      { user: 'sam', thread: 'sam', kind: 'Answer', press: { action: 'accepts' }, what: 'The customer accepts', look: 'An explained no goes a really long way.' },
    ],
  },
  {
    id: 'wrong-path', group: 'The five answers', title: '5 · It does not fit', about: 'Which way it would lead, and why not there.',
    steps: [
      ...complete('sam', 'sam', 'Wingtip Toys is blocked: a release cannot be locked for six months, and their process needs a board of nine to sign each phase. Locking it by hand was tried, but urgent fixes broke the lock twice.', 'Wingtip Toys', 'General'),
      ...send('sam', 'sam'),
      answers('sam', 'NotAligned', { kind: 'WrongPath', why: 'Six months between a fix and its customer is what the product is there to end.', workaround: 'An approval on each deployment gives the board the same say, every day.' }, 'Answer: not aligned', 'Now you are Ana: she says which of the three kinds it is, and why.'),
      { user: 'sam', thread: 'sam', kind: 'Answer', press: { action: 'told' }, what: 'Tell the customer', look: 'Honest, with a reason and another way.' },
    ],
  },
  {
    id: 'still-blocked', group: 'After the answer', title: 'Still blocked', about: 'New facts open the request again, and the answer changes.',
    steps: [
      ...complete('sam', 'sam', 'Fourth Coffee is blocked: upgrading stops the tills for 40 minutes, and their 600 shops are open around the clock. Upgrading shop by shop was tried, but it took 11 weeks.', 'Fourth Coffee', 'Deployment and infrastructure'),
      ...send('sam', 'sam'),
      answers('sam', 'TooCostly', { constraint: 'The upgrade rewrites the local database, and nothing can be sold meanwhile.', workaround: 'Upgrade half of the tills at a time.' }, 'Answer the card', 'Now you are Ana, and this time it is a no with a workaround.'),
      { user: 'sam', thread: 'sam', kind: 'Answer', press: { action: 'blocked' }, form: { facts: '420 of the 600 shops have a single till, so there is no half to upgrade.' }, what: 'Say what is still in the way', look: 'The workaround does not work for them; Sam brings the fact that Ana did not have.' },
      answers('sam', 'OnRoadmap', { date: 'Q4 2027', planned: 'The till sells on from a copy while the upgrade runs.', workaround: 'none known' }, 'Answer again', 'The card is open again, with the new fact on it, and Ana sees it in another light.'),
      { user: 'sam', thread: 'sam', kind: 'Answer', press: { action: 'accepts' }, what: 'The customer accepts', look: 'The second answer is in the same thread, below the first.' },
    ],
  },
];

const story = {
  state: null,   // { id, index, threads, seen, since, passed }: kept for this tab, so that a reload goes on
  pending: false, // "Fill in" waits until its place is on the screen
  shown: '',

  get isOn() { return Boolean(this.state); },
  get tale() { return STORIES.find(each => each.id === this.state?.id); },
  get step() { return this.tale?.steps[this.state.index]; },

  resume() {
    try { this.state = JSON.parse(sessionStorage.getItem('story')); } catch { /* no storage: stories live in memory */ }
    if (!this.tale) this.state = null;
  },

  save() {
    try { sessionStorage.setItem('story', JSON.stringify(this.state)); } catch { /* as above */ }
  },

  begin(id) {
    this.state = { id, index: 0, threads: {}, passed: [], seen: '', since: installed ? this.newest() : null };
    this.shown = '';
    $('story-all').open = wide.matches;
    this.save();
    render();
    $('story-title').focus();
  },

  leave() {
    this.state = null;
    this.pending = false;
    this.save();
    render();
    $('open-stories').focus();
  },

  newest() { return [...store.values()].reduce((most, message) => Math.max(most, message.seq), 0); },

  // What the room has for this story.
  said(thread) {
    const id = this.state.threads[thread];
    return id ? [...store.values()].filter(message => message.from === 'bot' && message.thread === id && message.kind !== 'Refusal').sort(byOrder) : [];
  },
  request(thread) { return this.said(thread).findLast(message => message.kind === 'Submitted')?.request; },
  card(thread) {
    const request = this.request(thread);
    return request && [...store.values()].find(message => message.kind === 'TriageCard' && message.request === request);
  },
  asked(thread) { return this.said(thread).findLast(message => message.asks); },

  // What is to be done now: the step, or what the bot asks beside the story.
  now() {
    const { step } = this;
    if (!step?.asks) return step;
    const asked = this.asked(step.thread);
    if (!asked || asked.asks === step.asks) return step;
    const common = { user: step.user, thread: step.thread, asks: asked.asks, aside: true };
    if (asked.asks === 'Duplicate') {
      return { ...common, press: { action: 'new' }, look: 'The bot knows a request like this, perhaps from an earlier round. “None of these” keeps the story to itself.' };
    }
    return { ...common, text: 'skip', look: 'The bot would like to know a little more. Answer in your own words, or skip it.' };
  },

  target(step) {
    if (step.card) return this.card(step.card);
    if (step.asks) return [this.asked(step.thread)].find(asked => asked?.asks === step.asks);
    if (step.kind) return this.said(step.thread).findLast(message => message.kind === step.kind);
    return undefined;
  },

  place(step) {
    return step.card
      ? { user: step.user, channel: 'triage', thread: '' }
      : { user: step.user, channel: 'sellers', thread: this.state.threads[step.thread] ?? '' };
  },

  isDone(step) {
    const { since, seen, threads } = this.state;
    if (step.starts) {
      const root = [...store.values()].find(message => isRoot(message)
        && message.from === step.user && message.channel === step.channel && message.seq > since && !Object.values(threads).includes(message.id));
      if (root) threads[step.starts] = root.id;
      return Boolean(this.asked(step.starts));
    }
    if (step.show) return false;
    if (step.asks === 'Stake') return Boolean(seen) && this.said(step.thread).some(message => message.kind === 'Notice' && message.seq > since);
    if (step.asks) return Boolean(seen) && this.asked(step.thread)?.id !== seen;
    if (step.kind) return this.said(step.thread).some(message => message.kind === 'Notice' && message.seq > since);
    const request = this.request(step.card);
    return Object.keys(threads).filter(name => this.request(name) === request)
      .every(name => this.said(name).some(message => message.kind === 'Answer' && message.seq > since));
  },

  // Goes on as far as what has arrived allows.
  follow() {
    if (this.state && installed) {
      this.state.since ??= this.newest();
      while (this.step && this.isDone(this.step)) this.advance(this.state.index + 1);
      const { step, state } = this;
      const asked = step?.asks && this.asked(step.thread);
      if (asked && asked.asks !== step.asks) {
        // The bot left out what it knows already.
        const later = this.tale.steps.findIndex((each, index) => index > state.index && each.thread === step.thread && each.asks === asked.asks);
        if (later > 0) {
          for (let index = state.index; index < later; index++) state.passed.push(index);
          this.advance(later);
        }
      }
      if (asked && asked.asks === this.step?.asks) state.seen = asked.id;
      this.save();
    }
    this.draw();
    if (this.pending) setTimeout(() => this.fill());
  },

  advance(index) {
    Object.assign(this.state, { index, seen: '', since: this.newest() });
    this.pending = false;
  },

  draw() {
    const { tale, state } = this;
    $('story').hidden = !tale;
    const step = tale && this.now();
    const target = step && this.target(step);
    for (const view of Object.values(views)) {
      for (const [id, entry] of view.entries) {
        entry.node.classList.toggle('marked', Boolean(target) && id === target.id);
        for (const button of entry.choices.children) {
          button.classList.toggle('marked', Boolean(target) && id === target.id && button.dataset.key === this.pressed(step, target));
        }
      }
    }
    if (!tale) {
      this.shown = '';
      return;
    }
    const pressed = step && this.pressed(step, target);
    const spoken = Boolean(step) && !pressed && !step.card && !step.kind && this.words(step) !== '';
    const waits = Boolean(step) && !step.starts && (!target || !(pressed || spoken || step.show));
    const shown = key(state, waits, step, here.user);
    if (shown === this.shown) return;
    const moved = this.drawn !== key(state.id, state.index, step?.aside);
    this.drawn = key(state.id, state.index, step?.aside);
    this.shown = shown;

    const count = tale.steps.length;
    $('story-title').textContent = tale.title;
    $('story-leave').textContent = step ? 'Leave' : 'Close';
    const who = step && userOf(step.user)?.name;
    const where = step && (step.starts ? channelOf(step.channel).name : step.card ? '#triage' : 'the thread');
    $('story-count').textContent = !step ? 'The end'
      : `${step.aside ? 'In between' : `Step ${state.index + 1} of ${count}`} · ${who} in ${where}`;
    $('story-look').textContent = step?.look ?? 'That is the whole story. Play another, or go on by yourself: everything here stays as it is.';
    const next = $('story-next');
    const shows = step?.show && here.user === step.user && here.channel === 'triage';
    next.textContent = !step ? 'Another story' : step.show ? (shows ? 'Finish' : 'Show me')
      : step.form ? 'Fill in the form' : step.press && (pressed || waits) ? 'Show the button' : 'Fill in';
    if (waits) next.setAttribute('aria-disabled', 'true');
    else next.removeAttribute('aria-disabled');
    $('story-hint').textContent = waits ? 'The bot is writing…' : !step || step.show ? '' : step.form ? 'Then press Send in the form.' : spoken ? 'Then press Send.' : 'Then press it.';
    $('story-steps').replaceChildren(...tale.steps.map((each, index) => {
      const isNow = index === state.index;
      const item = el('li', { 'aria-current': isNow ? 'step' : null }, el('span', {},
        each.what ?? WHAT[each.asks],
        index < state.index && el('span', { class: 'visually-hidden' }, state.passed.includes(index) ? ' (not needed)' : ' (done)')));
      item.dataset.state = index >= state.index ? '' : state.passed.includes(index) ? 'passed' : 'done';
      return item;
    }));
    $('story-steps').querySelector('[aria-current]')?.scrollIntoView?.({ block: 'nearest' });
    if (moved) announce(`${$('story-count').textContent}. ${$('story-look').textContent}`);
  },

  // The button of a step, as the key of a message's choice.
  pressed(step, target) {
    const { press } = step ?? {};
    if (!press) return '';
    const value = press.of ? this.request(press.of) : press.value;
    const alike = target?.choices?.filter(each => each.action === press.action) ?? [];
    const choice = alike.find(each => (each.value ?? null) === (value ?? null)) ?? (press.of ? alike[0] : undefined);
    return choice ? key(choice.action, choice.value) : '';
  },

  // The words of a step, where there is no button for it.
  words(step) { return step.text ?? step.otherwise ?? step.press?.value ?? ''; },

  next() {
    const step = this.now();
    if (!step) {
      $('stories').showModal();
      return;
    }
    if ($('story-next').getAttribute('aria-disabled')) return;
    if (step.show && here.user === step.user && here.channel === 'triage') {
      this.advance(this.state.index + 1);
      this.save();
      render();
      return;
    }
    this.pending = true;
    const to = this.place(step);
    if (hashFor(to) === hashFor({})) {
      this.fill();
      return;
    }
    // Until it is there, nothing typed must land in the place that is left.
    $('story-next').focus();
    go(to);
  },

  // Puts the step's words or values where they belong, once that place is on the screen. Sending stays with the person.
  fill() {
    const step = this.pending && this.state && this.now();
    if (!step || !installed) return;
    const to = this.place(step);
    if (hashFor(to) !== hashFor({})) return;
    const target = this.target(step);
    const view = to.thread ? views.thread : views.channel;
    const entry = target && view.entries.get(target.id);
    if (!step.starts && !entry) return;
    this.pending = false;
    if (step.show) {
      entry.node.scrollIntoView({ block: 'nearest' });
      entry.node.focus({ preventScroll: true });
      return;
    }
    const pressed = this.pressed(step, target);
    if (pressed) this.point(entry, pressed, step.form);
    else if (!step.card && !step.kind && this.words(step)) this.write(view.composer, this.words(step));
  },

  write(composer, text) {
    const draft = composer.draft();
    if (draft.busy) return;
    draft.text = text;
    composer.draw();
    // On a phone the keyboard would hide what there is to read.
    (coarse.matches ? composer.button : composer.input).focus();
  },

  point(entry, pressed, values) {
    const choice = entry.message.choices.find(each => key(each.action, each.value) === pressed);
    const button = [...entry.choices.children].find(each => each.dataset.key === pressed);
    if (!values) {
      button.scrollIntoView({ block: 'nearest' });
      button.focus({ preventScroll: true });
      return;
    }
    if (!forms.get(entry.formKey)?.isOpenFor(choice)) entry.openForm(choice);
    const form = forms.get(entry.formKey);
    for (const field of form.fields) if (values[field.name] !== undefined) field.set(values[field.name]);
    form.apply();
    form.submit.scrollIntoView({ block: 'nearest' });
    form.submit.focus({ preventScroll: true });
  },
};

function listStories() {
  const groups = Map.groupBy ? Map.groupBy(STORIES, each => each.group)
    : new Map([...new Set(STORIES.map(each => each.group))].map(group => [group, STORIES.filter(each => each.group === group)]));
  $('stories-list').replaceChildren(...[...groups].flatMap(([group, tales]) => [
    el('h3', {}, group),
    el('ul', {}, ...tales.map(tale => {
      const button = el('button', { type: 'button', onclick: () => { $('stories').close(); story.begin(tale.id); } },
        el('strong', {}, tale.title), el('span', {}, tale.about));
      button.dataset.story = tale.id;
      return el('li', {}, button);
    })),
  ]));
}

listStories();
for (const id of ['open-stories', 'empty-stories']) $(id).addEventListener('click', () => $('stories').showModal());
$('stories-close').addEventListener('click', () => $('stories').close());
$('story-leave').addEventListener('click', () => story.leave());
$('story-next').addEventListener('click', () => story.next());
document.addEventListener('keydown', event => {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.code !== 'KeyN' || !story.isOn || $('stories').open) return;
  event.preventDefault();
  story.next();
});

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
  story.resume();
  poll();
}

start();
