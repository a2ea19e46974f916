// Who is in the room and what was said, kept current by a long poll.

import { marks, sleep } from './dom.js';
import { request } from './server.js';

const WAIT_SECONDS = 25;

export const room = { users: [], channels: [] };
export const channelOf = id => room.channels.find(channel => channel.id === id);
export const userOf = id => room.users.find(user => user.id === id);
// A direct channel is there for its person only.
export const isMine = (channel, user) => !channel.id.startsWith('dm-') || channel.id === `dm-${user}`;

export let store = new Map();  // id → message, for the current user
export let installed = false;  // the store holds the current user's messages
export let position = 0;       // how far the room has come, whoever sees what of it
export const newestSeq = () => { let most = 0; for (const message of store.values()) most = Math.max(most, message.seq); return most; };

export const isRoot = message => !message.thread || message.thread === message.id;
export const byOrder = (a, b) => a.order[0] - b.order[0] || a.order[1] - b.order[1];

// ---------- what is read ----------

// Marks are sequence numbers per user and place, kept for this tab so that a reload does not make everything new.
export const reads = {
  all: marks.load('reads') ?? {},
  user: '',
  get(place) { return this.all[this.user]?.[place] ?? 0; },
  set(place, seq) { (this.all[this.user] ??= {})[place] = seq; marks.save('reads', this.all); },
  clear() { this.all = {}; marks.save('reads', this.all); },
  // A server that started afresh counts from the beginning: old marks would hide its messages.
  check(next) {
    if (Object.values(this.all[this.user] ?? {}).some(seq => seq > next)) { delete this.all[this.user]; marks.save('reads', this.all); }
  },
};

const placeOf = message => (isRoot(message) ? `channel ${message.channel}` : `thread ${message.thread}`);
const isUnread = message => message.from !== reads.user && message.seq > reads.get(placeOf(message));

// The messages as people see them: by channel, and in each the threads.
export function arrange() {
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

// ---------- the long poll ----------

let since = marks.load('since') ?? undefined; // which beginning of the room the page knows

let round = 0;                 // a newer round (another user) ends the older loop
let pending = null;            // the request under way
let wakeUp = () => {};         // ends a back-off early
export const wake = () => wakeUp();

// Follows the room as a user sees it. "hears" has "changed" for every change, "connected" for the line, live or lost, and
// "startedOver" for a room that is another than before.
export async function follow(user, hears) {
  const mine = ++round;
  pending?.abort();
  wake();
  reads.user = user;
  store = new Map();
  installed = false;
  let after = 0;
  let snapshot = new Map();   // while it is filled from zero; null once live
  let failures = 0;
  tell(hears.changed);

  while (mine === round) {
    const asked = Date.now();
    const query = new URLSearchParams({ user, after, wait: snapshot ? 0 : WAIT_SECONDS });
    pending = new AbortController();
    const page = await request(`messages?${query}`, {}, WAIT_SECONDS + 15, pending).catch(() => null);
    if (mine !== round) return;
    if (!page) {
      hears.connected(false);
      after = 0;
      snapshot = new Map();
      const pause = Math.min(4000, 500 * 2 ** failures++) * (0.75 + Math.random() / 2);
      await Promise.race([sleep(pause), new Promise(done => { wakeUp = done; })]);
      continue;
    }
    const { messages = [], next = after } = page;
    const isAnother = (since !== undefined && since !== page.since) || (!snapshot && next < after);
    since = page.since;
    marks.save('since', since);
    if (isAnother) {
      tell(hears.startedOver);
      after = 0;
      snapshot = new Map();
      continue;
    }
    take(snapshot ?? store, messages, snapshot ? 0 : Date.now());
    const mayBeMore = snapshot && messages.length && next > after;
    after = next;
    if (mayBeMore) continue;
    position = after;
    if (snapshot) {
      // Exchanged at once: what the server no longer has goes, nothing shows twice, nothing flickers.
      store = snapshot;
      snapshot = null;
      reads.check(after);
      installed = true;
      tell(hears.changed);
    } else if (messages.length) {
      tell(hears.changed);
    } else if (Date.now() - asked < 500) {
      await sleep(1000); // a proxy that does not hold requests must not make this a busy loop
    }
    failures = 0;
    hears.connected(true);
  }
}

// What goes wrong in the page is no lost connection.
function tell(hear) {
  try {
    hear();
  } catch (error) {
    reportError(error);
  }
}

// "seen": when the page first had it, 0 for what was there before.
function take(into, messages, seen) {
  for (const message of messages) {
    if (message.deleted) {
      into.delete(message.id);
      continue;
    }
    // An update keeps its place, whatever its new sequence number. A restarted server may reuse an id for another message.
    const before = store.get(message.id);
    const known = into.get(message.id) ?? (before?.at === message.at ? before : undefined);
    message.order = known?.order ?? [Date.parse(message.at) || 0, message.seq];
    message.seen = known?.seen ?? seen;
    into.set(message.id, message);
  }
}
