// The clock that goes forward, and starting over.

import { $, announce, marks } from './dom.js';
import { reads } from './room.js';
import { post, request } from './server.js';
import { forgetThreads, go } from './address.js';
import { forgetDrafts } from './composer.js';
import { forgetMessages } from './message.js';
import { guide } from './guide.js';

const DAY = 24;
const ahead = hours => (hours >= DAY ? `${Math.round(hours / DAY * 10) / 10} ${Math.round(hours / DAY * 10) / 10 === 1 ? 'day' : 'days'}` : `${Math.round(hours * 10) / 10} h`);

function show(clock) {
  const now = new Date(clock.now);
  $('clock-now').textContent = now.toLocaleString(undefined, { weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' });
  $('clock-ahead').textContent = clock.aheadHours > 0 ? `${ahead(clock.aheadHours)} ahead of the real time.` : 'The real time.';
  $('open-tools').textContent = clock.aheadHours > 0 ? `Tools · +${ahead(clock.aheadHours)}` : 'Tools';
}

const fail = error => { $('tools-error').textContent = error.message || 'No answer from the server. Try again.'; };

export const refreshClock = () => request('clock').then(show).catch(fail);

async function moveOn(hours) {
  $('tools-error').textContent = '';
  try {
    show(await post('clock', { hours }));
    announce(`The clock is ${ahead(hours)} further on.`);
  } catch (error) {
    fail(error);
  }
}

async function startOver() {
  $('tools-error').textContent = '';
  const button = $('start-over');
  button.textContent = 'Clearing…';
  button.setAttribute('aria-disabled', 'true');
  try {
    await post('start-over', {});
    forgetDrafts();
    forgetMessages();
    forgetThreads();
    reads.clear();
    marks.save('story', null);
    if (guide.isOn) guide.leave();
    go({ channel: 'sellers', thread: '' });
    await refreshClock();
    $('tools').close();
    announce('Cleared. Everything begins anew.');
  } catch (error) {
    fail(error);
  } finally {
    button.textContent = 'Start over';
    button.removeAttribute('aria-disabled');
  }
}

$('open-tools').addEventListener('click', () => {
  $('tools-error').textContent = '';
  $('start-over-ask').open = false;
  refreshClock();
  $('tools').showModal();
});
$('tools-close').addEventListener('click', () => $('tools').close());
for (const button of document.querySelectorAll('#tools [data-hours]')) button.addEventListener('click', () => moveOn(Number(button.dataset.hours)));
$('start-over').addEventListener('click', () => { if (!$('start-over').getAttribute('aria-disabled')) startOver(); });
