// The channels on the screen: as many side by side as fit, one on a phone, and the list of all with what is unread.

import { $, el } from './dom.js';
import { arrange, installed, isMine, room, store } from './room.js';
import { hashFor, here } from './address.js';
import { Pane } from './pane.js';
import { guide } from './guide.js';

const COLUMN_REM = 23; // what a pane needs

export const panes = new Map(); // channel → its pane, once it was on the screen

// The channels that are on the screen, in their order: the open one is among them.
function shown() {
  const mine = room.channels.filter(channel => isMine(channel, here.user)).map(channel => channel.id);
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const count = Math.max(1, Math.floor($('board').clientWidth / (COLUMN_REM * rem)));
  const first = mine.slice(0, count);
  return first.includes(here.channel) ? first : [...first.slice(0, -1), here.channel];
}

// Adds a pane where the order of the channels has it.
function add(channel) {
  const pane = new Pane(channel, render);
  const place = id => room.channels.findIndex(each => each.id === id);
  const next = [...panes.values()].filter(each => place(each.channel) > place(channel)).sort((a, b) => place(a.channel) - place(b.channel))[0];
  $('board').insertBefore(pane.root, next?.root ?? null);
  panes.set(channel, pane);
  return pane;
}

export function render() {
  if (!here.user) return;
  const channels = shown();
  const isAll = room.channels.filter(channel => isMine(channel, here.user)).length === channels.length;
  $('channels').hidden = isAll;
  const open = channels.map(id => panes.get(id) ?? add(id));
  for (const pane of panes.values()) pane.root.hidden = !open.includes(pane);
  for (const pane of open) pane.settle();
  let model = arrange();
  // Not stopped by the first: each marks what is in sight.
  if (open.filter(pane => pane.read(model)).length) model = arrange();
  drawChannels(model);
  // Where nothing was said yet, a story is the best beginning.
  $('open-stories').classList.toggle('primary', installed && !store.size && !guide.isOn);
  for (const pane of open) pane.draw(model);
  guide.follow();
}

function drawChannels(model) {
  const list = $('channels').firstElementChild;
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
