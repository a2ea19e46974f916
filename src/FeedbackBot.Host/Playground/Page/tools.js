// The clock that goes forward, and starting over.

import { $, announce, setOff } from './dom.js';
import { post, request } from './server.js';

const HOURS_A_DAY = 24;

function ahead(hours) {
  if (hours < HOURS_A_DAY) return `${Math.round(hours * 10) / 10} h`;
  const days = Math.round(hours / HOURS_A_DAY * 10) / 10;
  return `${days} ${days === 1 ? 'day' : 'days'}`;
}

let asked = 0; // the clock may have been set while an answer about it was on its way

function show(clock) {
  const now = new Date(clock.now);
  $('clock-now').textContent = now.toLocaleString(undefined, { weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' });
  $('clock-ahead').textContent = clock.aheadHours > 0 ? `${ahead(clock.aheadHours)} ahead of the real time.` : 'The real time.';
  $('open-tools').textContent = clock.aheadHours > 0 ? `Tools · +${ahead(clock.aheadHours)}` : 'Tools';
}

const fail = error => { $('tools-error').textContent = error.message || 'No answer from the server. Try again.'; };

export async function refreshClock() {
  const mine = ++asked;
  try {
    const clock = await request('clock');
    if (mine === asked) show(clock);
  } catch (error) {
    if (mine === asked) fail(error);
  }
}

// A second press of a button that works already does nothing.
async function busy(button, act) {
  if (button.getAttribute('aria-disabled')) return;
  $('tools-error').textContent = '';
  setOff(button, true);
  try {
    await act();
  } catch (error) {
    fail(error);
  } finally {
    setOff(button, false);
  }
}

async function moveOn(hours) {
  asked++;
  show(await post('clock', { hours }));
  announce(`The clock is ${ahead(hours)} further on.`);
}

// What the page had goes when it hears that the room is another.
async function startOver() {
  await post('start-over', {});
  $('tools').close();
  announce('Cleared. Everything begins anew.');
}

$('open-tools').addEventListener('click', () => {
  $('tools-error').textContent = '';
  $('start-over-ask').open = false;
  refreshClock();
  $('tools').showModal();
});
$('tools-close').addEventListener('click', () => $('tools').close());
for (const button of document.querySelectorAll('#tools [data-hours]')) {
  button.addEventListener('click', () => busy(button, () => moveOn(Number(button.dataset.hours))));
}
$('start-over').addEventListener('click', () => busy($('start-over'), startOver));
