// What lies behind a message: the event that was stored, what the bot made of it and by which words, and what it sent.

import { $, el } from './dom.js';
import { arrange, channelOf, isRoot, userOf } from './room.js';
import { here } from './address.js';
import { request } from './server.js';

const SHOWN_SENDS = 10;

let asked = 0; // what is open may have changed when an answer comes

export async function lookBehind(message, opener) {
  const mine = ++asked;
  const dialog = $('behind');
  $('behind-parts').replaceChildren(el('p', { role: 'status' }, 'Looking…'));
  dialog.addEventListener('close', () => opener.focus(), { once: true });
  dialog.showModal();
  const { cause, sends } = chainOf(message);
  try {
    const [of, ...sent] = await Promise.all([cause && behind(cause), ...sends.map(behind)]);
    if (mine !== asked) return;
    $('behind-parts').replaceChildren(
      ...(cause ? [event(cause, of), decision(of)] : []),
      ...sends.map((each, index) => outbox(each, sent[index].send, sent[index].note, each.id === message.id)));
  } catch (error) {
    if (mine === asked) $('behind-parts').replaceChildren(el('p', { class: 'error' }, error.message || 'No answer from the server. Close this and try again.'));
  }
}

const behind = message => request(`messages/${message.id}/behind?${new URLSearchParams({ user: here.user })}`);

// From what a person wrote to what the bot sent for it: in its thread, up to what the next person wrote.
function chainOf(message) {
  if (message.kind === 'TriageCard' && isRoot(message)) return { cause: null, sends: [message] };
  const { channels, threads } = arrange();
  const root = channels.get(message.channel).roots.find(each => each.id === message.thread && !each.gone);
  const all = [...(root ? [root] : []), ...(threads.get(message.thread)?.replies ?? [])];
  const at = all.findIndex(each => each.id === message.id);
  const start = all.findLastIndex((each, index) => index <= at && each.from !== 'bot');
  const end = all.findIndex((each, index) => index > at && each.from !== 'bot');
  const sends = all.slice(start + 1, end < 0 ? undefined : end);
  return { cause: all[start], sends: sends.length > SHOWN_SENDS && at > start ? [message] : sends.slice(0, SHOWN_SENDS) };
}

const part = (title, ...children) => el('section', {}, el('h3', {}, title), ...children);
const moment = at => at && el('time', { dateTime: at }, new Date(at).toLocaleString(undefined, {
  day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3,
}));

function facts(pairs) {
  const list = el('dl');
  for (const [name, value] of pairs) if (value !== null && value !== undefined && value !== '') list.append(el('dt', {}, name), el('dd', {}, value));
  return list;
}

function event(message, { event: stored, note }) {
  const who = userOf(message.from)?.name ?? message.from;
  return part(`1. ${who} wrote, and it was stored`, stored
    ? facts([
      ['Event', el('code', {}, stored.id)], ['What happened', stored.kind], ['Taken in', moment(stored.receivedAt)],
      ['Worked on', moment(stored.handledAt) ?? 'not yet'], ['State', stored.status], ['Failure', stored.failure],
    ])
    : el('p', {}, note));
}

function decision({ assessment, conversation }) {
  if (!assessment) return part('2. The bot took no part in it');
  const because = new Map();
  for (const { for: criterion, text } of assessment.because ?? []) because.set(criterion, [...(because.get(criterion) ?? []), text]);
  return part('2. What the bot read in it',
    facts([
      ['By itself', assessment.languageKnown ? `level ${assessment.level}` : 'in a language it cannot judge: the seller does'],
      ['Missing', assessment.missing?.join('; ')],
    ]),
    because.size > 0 && el('table', {},
      el('caption', {}, 'The words that decided'),
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'For'), el('th', { scope: 'col' }, 'Words'))),
      el('tbody', {}, ...[...because].map(([criterion, words]) => el('tr', {},
        el('th', { scope: 'row' }, criterion), el('td', {}, ...words.flatMap(text => [el('q', { dir: 'auto' }, text), ' '])))))),
    conversation && facts([
      ['With all that was said', `level ${conversation.level}${conversation.selfAssessed ? ', self-assessed' : ''}`],
      ['Reasons', conversation.constraints?.join(', ')], ['Still missing', conversation.missing?.join('; ')],
      ['Conversation', `${conversation.state}, turn ${conversation.turn}`],
    ]));
}

function outbox(message, send, note, isAsked) {
  const [first] = (message.text ?? '').split('\n');
  const section = part('3. What it sent', el('p', { class: 'excerpt', dir: 'auto' }, first.length > 120 ? `${first.slice(0, 120)}…` : first), send
    ? facts([
      ['Outbox row', el('code', {}, send.id)], ['To', `${send.destination} in ${channelOf(message.channel)?.name ?? message.channel}`],
      ['Priority', send.priority], ['State', send.status], ['Enqueued', moment(send.enqueuedAt)],
      ['Delivered', moment(send.deliveredAt)], ['Attempts', String(send.attempts)], ['Failure', send.failure],
    ])
    : el('p', {}, note));
  section.classList.toggle('asked', isAsked);
  return section;
}

$('behind-close').addEventListener('click', () => $('behind').close());
