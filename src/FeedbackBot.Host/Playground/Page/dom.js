// Elements without markup: what people and the bot say only ever reaches the page through textContent and form values.

export const $ = id => document.getElementById(id);

export function el(tag, props = {}, ...children) {
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

export function fill(node, ...children) {
  node.replaceChildren(...children.filter(child => child !== undefined && child !== null && child !== false && child !== ''));
}

// aria-disabled instead of "disabled", which would drop the keyboard focus to the top of the page.
export function setOff(button, off) {
  if (off) button.setAttribute('aria-disabled', 'true');
  else button.removeAttribute('aria-disabled');
}

let lastId = 0;
export const uid = prefix => `${prefix}-${++lastId}`;
export const key = (...parts) => JSON.stringify(parts);
export const sleep = ms => new Promise(done => setTimeout(done, ms));
export const coarse = matchMedia('(pointer: coarse)');

const announced = [];

// What is said in one go is heard in one go: a second text would else take the place of the first.
export function announce(words) {
  if (!announced.length) {
    $('announce').textContent = '';
    setTimeout(() => { $('announce').textContent = announced.splice(0).join('. '); }, 50);
  }
  announced.push(words);
}

export function timeOf(at) {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return el('span', { class: 'time' }, String(at ?? ''));
  const today = date.toDateString() === new Date().toDateString();
  const short = date.toLocaleString(undefined, today
    ? { hour: '2-digit', minute: '2-digit' }
    : { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
  return el('time', { class: 'time', dateTime: at, title: date.toLocaleString() }, short);
}

export const marks = {
  // Kept for this tab, so that a reload goes on where it was; without storage they live as long as the page.
  load(name) {
    try { return JSON.parse(sessionStorage.getItem(name)); } catch { return null; }
  },
  save(name, value) {
    try { sessionStorage.setItem(name, JSON.stringify(value)); } catch { /* as above */ }
  },
};
