// Plays a story: says what to do next, fills it in, and sees from what arrives when it is done. Sending stays with the person.

import { $, announce, el, key, marks, setOff } from './dom.js';
import { byOrder, channelOf, installed, isRoot, newestSeq, position, store, userOf } from './room.js';
import { go, here, isAt } from './address.js';
import { forms } from './form.js';
import { panes, render } from './board.js';
import { isSending } from './composer.js';
import { STORIES, WHAT } from './stories.js';

const wide = matchMedia('(min-width: 80rem)');

export const guide = {
  state: null,   // { id, index, threads, seen, since, passed }: kept for this tab, so that a reload goes on
  pending: false, // "Fill in" waits until its place is on the screen
  shown: '',
  marks: false,   // a message is marked

  get isOn() { return Boolean(this.state); },
  get tale() { return STORIES.find(each => each.id === this.state?.id); },
  get step() { return this.tale?.steps[this.state.index]; },

  resume() {
    this.state = marks.load('story');
    if (!this.tale) this.state = null;
  },

  save() {
    marks.save('story', this.state);
  },

  begin(id) {
    this.state = { id, index: 0, threads: {}, passed: [], seen: '', since: installed ? newestSeq() : null };
    this.shown = '';
    $('story-all').open = wide.matches;
    this.save();
    render();
    $('story-title').focus();
  },

  leave() {
    this.forget();
    render();
    $('open-stories').focus();
  },

  forget() {
    this.state = null;
    this.pending = false;
    this.save();
  },

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
    // A story of a room that is not there any more.
    if (installed && this.state?.since > position) this.forget();
    if (this.state && installed) {
      this.state.since ??= newestSeq();
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
    Object.assign(this.state, { index, seen: '', since: newestSeq() });
    this.pending = false;
  },

  draw() {
    const { tale, state } = this;
    $('story').hidden = !tale;
    const step = tale && this.now();
    const target = step && this.target(step);
    // A room may be large: it is gone through only for a mark to set or to take away.
    const concerned = Boolean(target) || this.marks;
    this.marks = Boolean(target);
    for (const pane of concerned ? panes.values() : []) {
      for (const [id, entry] of pane.entries) {
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
    // The bot may answer before the page hears that the message was taken: until then it cannot write the next one.
    const sends = spoken && isSending(this.place(step));
    const waits = sends || (Boolean(step) && !step.starts && (!target || !(pressed || spoken || step.show)));
    const shows = step?.show && isAt(this.place(step));
    const shown = key(state, waits, sends, step, pressed, shows, here.user);
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
    next.textContent = !step ? 'Another story' : step.show ? (shows ? 'Finish' : 'Show me')
      : step.form ? 'Fill in the form' : step.press && (pressed || waits) ? 'Show the button' : 'Fill in';
    setOff(next, waits);
    $('story-hint').textContent = sends ? 'Your message is being sent…' : waits ? 'The bot is writing…' : !step || step.show ? '' : step.form ? 'Then press Send in the form.' : spoken ? 'Then press Send.' : 'Then press it.';
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
    if (step.show && isAt(this.place(step))) {
      this.advance(this.state.index + 1);
      this.save();
      render();
      return;
    }
    this.pending = true;
    const to = this.place(step);
    if (isAt(to)) {
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
    if (!isAt(to)) return;
    const target = this.target(step);
    const pane = panes.get(to.channel);
    const entry = target && pane.entries.get(target.id);
    if (!step.starts && !entry) return;
    this.pending = false;
    if (step.show) {
      entry.node.scrollIntoView({ block: 'nearest' });
      entry.node.focus({ preventScroll: true });
      return;
    }
    const pressed = this.pressed(step, target);
    if (pressed) this.point(entry, pressed, step.form);
    else if (!step.card && !step.kind && this.words(step)) pane.composer.write(this.words(step));
  },

  point(entry, pressed, values) {
    const choice = entry.message.choices.find(each => key(each.action, each.value) === pressed);
    const button = [...entry.choices.children].find(each => each.dataset.key === pressed);
    if (!values) {
      button.scrollIntoView({ block: 'nearest' });
      button.focus({ preventScroll: true });
      return;
    }
    if (!forms.get(entry.key)?.isOpenFor(choice)) entry.openForm(choice);
    const form = forms.get(entry.key);
    for (const field of form.fields) if (values[field.name] !== undefined) field.set(values[field.name]);
    form.apply();
    form.submit.scrollIntoView({ block: 'nearest' });
    form.submit.focus({ preventScroll: true });
  },
};

function listStories() {
  const groups = new Map([...new Set(STORIES.map(each => each.group))].map(group => [group, STORIES.filter(each => each.group === group)]));
  $('stories-list').replaceChildren(...[...groups].flatMap(([group, tales]) => [
    el('h3', {}, group),
    el('ul', {}, ...tales.map(tale => {
      const button = el('button', { type: 'button', onclick: () => { $('stories').close(); guide.begin(tale.id); } },
        el('strong', {}, tale.title), el('span', {}, tale.about));
      button.dataset.story = tale.id;
      return el('li', {}, button);
    })),
  ]));
}

listStories();
$('open-stories').addEventListener('click', () => $('stories').showModal());
$('stories-close').addEventListener('click', () => $('stories').close());
$('story-leave').addEventListener('click', () => guide.leave());
$('story-next').addEventListener('click', () => guide.next());
document.addEventListener('keydown', event => {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.code !== 'KeyN' || !guide.isOn || document.querySelector('dialog[open]')) return;
  event.preventDefault();
  guide.next();
});
