// The playground page: every user of the fixed room, one at a time, over the JSON API.

import { $, el, sleep } from './dom.js';
import { request } from './server.js';
import { follow, installed, reads, room, wake } from './room.js';
import { forgetThreads, go, here, hashFor, readAddress } from './address.js';
import { panes, render } from './board.js';
import { forgetDrafts } from './composer.js';
import { guide } from './guide.js';
import { forgetMessages } from './message.js';
import { refreshClock } from './tools.js';

function connection(isLive) {
  const node = $('connection');
  const words = isLive ? 'Live' : 'Reconnecting…';
  if (node.textContent !== words) node.textContent = words;
  node.dataset.state = isLive ? 'live' : 'lost';
}

// Nothing of an earlier room has a place in this one.
function startOver() {
  forgetDrafts();
  forgetMessages();
  forgetThreads();
  reads.clear();
  guide.forget();
  go({ thread: '' });
  refreshClock();
}

const hears = { changed: render, connected: connection, startedOver: startOver };

function moved() {
  const before = { ...here };
  readAddress();
  $('user').value = here.user;
  if (before.user !== here.user) {
    follow(here.user, hears);
    return;
  }
  render();
  // Focus goes where the reader went: into what opened, or back to what opened it.
  const pane = panes.get(here.channel);
  if (before.channel === here.channel && before.thread && !here.thread) (pane.entries.get(before.thread)?.link ?? pane.title).focus();
  else if (before.channel !== here.channel || before.thread !== here.thread) pane.focus();
}

$('user').addEventListener('change', event => go({ user: event.target.value }));
addEventListener('hashchange', moved);
addEventListener('online', wake);
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState !== 'visible') return;
  wake();
  if (installed) render();
});
document.addEventListener('keydown', event => {
  if (event.key !== 'Escape' || event.defaultPrevented || event.target.closest?.('form, dialog')) return;
  const pane = [...panes.values()].find(each => each.root.contains(event.target));
  if (pane?.thread) go({ channel: pane.channel, thread: '' });
});

async function start() {
  for (let failures = 0; ; failures++) {
    try {
      Object.assign(room, await request('room'));
      break;
    } catch {
      connection(false);
      await sleep(Math.min(4000, 500 * 2 ** failures));
    }
  }
  $('user').replaceChildren(...room.users.map(user => el('option', { value: user.id }, `${user.name} (${user.role})`)));
  readAddress();
  history.replaceState(null, '', hashFor({}));
  $('user').value = here.user;
  guide.resume();
  new ResizeObserver(render).observe($('board'));
  follow(here.user, hears);
  refreshClock();
}

start();
