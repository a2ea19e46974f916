// One message in a pane: what it says, its buttons and their forms, its thread, and what can be done with it.

import { announce, el, fill, key, setOff, timeOf, uid } from './dom.js';
import { newestSeq, room, userOf } from './room.js';
import { newEventId, post, send } from './server.js';
import { hashFor, here } from './address.js';
import { ChoiceForm, forms } from './form.js';
import { lookBehind } from './behind.js';

const COLLAPSE = { chars: 3000, lines: 40, keepChars: 700, keepLines: 12 };
const KIND_LABELS = {
  Question: 'Question', Candidates: 'Possible matches', Draft: 'Draft', Submitted: 'Submitted',
  TriageCard: 'Triage card', Answer: 'Answer', RoadmapNotice: 'Roadmap', Refusal: 'Not done', Notice: 'Notice',
};

const attempts = new Map(); // user, message and choice → eventId, until it is accepted
const expanded = new Set(); // long messages opened by "Show all"
const changes = new Map();  // user and message → the open editor or question, so that typed text outlives every redraw

export class Message {
  constructor(pane) {
    this.pane = pane;
    this.busy = false;
    this.head = el('div', { class: 'head', id: uid('head') });
    this.more = el('button', { type: 'button', class: 'more', 'aria-expanded': 'false', onclick: () => this.toggleMore() },
      el('span', { 'aria-hidden': 'true' }, '⋯'), el('span', { class: 'visually-hidden' }, 'More'));
    this.body = el('div', { class: 'body' });
    this.choices = el('div', { class: 'choices', role: 'group', 'aria-label': 'Choices' });
    this.error = el('p', { class: 'error', role: 'alert' });
    this.slot = el('div', { class: 'slot' });
    this.links = el('div', { class: 'foot' });
    this.foot = el('div', { class: 'foot' });
    this.acts = el('div', { class: 'acts', hidden: true });
    this.avatar = el('span', { class: 'avatar', 'aria-hidden': 'true' });
    this.node = el('article', { tabIndex: -1, 'aria-labelledby': this.head.id }, this.avatar,
      el('div', { class: 'content' },
        el('div', { class: 'line' }, this.head, this.more), this.acts, this.body, this.choices, this.error, this.slot, this.links, this.foot));
  }

  get key() { return key(here.user, this.message.id); }
  get isOwn() { return this.message.from === here.user && this.message.kind === 'User'; }

  // "past": a later question has taken its place, so its buttons are gone.
  update(message, thread, past) {
    if (this.message !== message || this.past !== past) {
      this.message = message;
      this.past = past;
      // Compared by content: after a resynchronisation every message is a new object, and most say the same.
      const content = key({ ...message, seen: 0 }, past);
      if (this.content !== content) {
        this.content = content;
        this.draw();
      }
    }
    const last = thread?.replies.at(-1);
    const state = thread ? key(last.id, thread.replies.length, thread.unread) : '';
    if (!this.pane.thread && state !== this.threadState) {
      this.threadState = state;
      this.drawThreadLink(thread, last);
    }
  }

  draw() {
    const { message } = this;
    const author = userOf(message.from);
    const name = message.from === 'bot' ? 'FeedbackBot' : author?.name ?? message.from;
    this.node.dataset.id = message.id;
    this.node.dataset.kind = message.kind ?? '';
    this.node.dataset.asks = message.asks ?? '';
    this.node.classList.toggle('private', Boolean(message.to));
    this.node.classList.toggle('gone', Boolean(message.gone));
    const hadFocus = this.node.contains(document.activeElement);
    this.more.hidden = Boolean(message.gone);
    if (message.gone) {
      changes.delete(this.key);
      this.avatar.textContent = '';
      this.head.replaceChildren();
      this.acts.hidden = true;
      this.body.replaceChildren(el('p', { class: 'text' }, 'The first message of this thread was deleted.'));
      this.choices.replaceChildren();
      this.error.textContent = '';
      this.slot.replaceChildren();
      this.links.replaceChildren();
      if (hadFocus) this.node.focus();
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
    fill(this.links, ...(message.links ?? []).map(link => el('a', { class: 'origin', href: hashFor(link), dir: 'auto' }, link.label)));
    this.drawBody();
    this.drawChoices();
    // The open form itself is left alone by an update: someone may be typing in it.
    const form = forms.get(this.key);
    if (!form) return;
    form.onchange = () => this.formChanged();
    if (form.open && !this.slot.contains(form.node)) this.slot.replaceChildren(form.node);
  }

  drawBody() {
    const change = changes.get(this.key);
    if (change) {
      change.onclose = () => {
        this.drawBody();
        this.more.focus();
      };
      if (!this.body.contains(change.node)) this.body.replaceChildren(change.node);
      return;
    }
    const text = this.message.text ?? '';
    const lines = text.split('\n');
    const long = text.length > COLLAPSE.chars || lines.length > COLLAPSE.lines;
    const open = expanded.has(this.message.id);
    const content = el('div', { class: 'text', dir: 'auto', id: uid('text') });
    content.textContent = !long || open ? text
      : `${lines.slice(0, COLLAPSE.keepLines).join('\n').slice(0, COLLAPSE.keepChars).replace(/[\ud800-\udbff]$/, '')}…`;
    this.body.replaceChildren(content);
    if (!long) return;
    this.body.append(el('button', {
      type: 'button', class: 'link', 'aria-expanded': String(open), 'aria-controls': content.id,
      onclick: () => {
        if (open) expanded.delete(this.message.id);
        else expanded.add(this.message.id);
        this.drawBody();
        this.body.querySelector('button').focus();
      },
    }, open ? 'Show less' : `Show all (${text.length.toLocaleString()} characters)`));
  }

  drawChoices() {
    const focused = this.choices.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const choices = this.past ? [] : this.message.choices ?? [];
    this.choices.hidden = !choices.length;
    const buttons = choices.map(choice => {
      const opens = choice.opensForm && this.message.form?.length;
      const button = el('button', {
        type: 'button',
        class: ['primary', 'danger'].includes(choice.style) ? choice.style : '',
        dir: 'auto',
        'aria-expanded': opens ? String(Boolean(forms.get(this.key)?.isOpenFor(choice))) : null,
        onclick: () => (opens ? this.openForm(choice) : this.act(choice)),
      }, choice.label);
      button.dataset.key = key(choice.action, choice.value);
      button.dataset.action = choice.action;
      setOff(button, this.busy);
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
      href: hashFor({ channel: message.channel, thread: message.id }),
    }, count ? `${count} ${count === 1 ? 'reply' : 'replies'}` : 'Reply in thread');
    this.foot.replaceChildren(this.link);
    if (thread?.unread) this.link.append(' ', el('span', { class: 'unread' }, `${thread.unread} new`));
    if (last) this.foot.append(el('span', { class: 'role' }, 'last ', timeOf(last.at)));
    if (focused) this.link.focus();
  }

  // ---------- buttons ----------

  async act(choice) {
    if (this.busy) return;
    const { message } = this;
    const attempt = key(here.user, message.id, choice.action, choice.value);
    if (!attempts.has(attempt)) attempts.set(attempt, newEventId());
    this.setBusy(true);
    this.error.textContent = '';
    const before = newestSeq();
    try {
      await post('actions', {
        eventId: attempts.get(attempt), user: here.user, message: message.id, action: choice.action, value: choice.value,
      });
      attempts.delete(attempt);
      announce(`${choice.label}: sent`);
      this.pane.awaitBot(before);
    } catch (error) {
      this.error.textContent = error.message;
    } finally {
      this.setBusy(false);
    }
  }

  setBusy(busy) {
    this.busy = busy;
    for (const button of this.choices.children) setOff(button, busy);
  }

  openForm(choice) {
    let form = forms.get(this.key);
    if (form?.isOpenFor(choice)) {
      form.close();
      return;
    }
    if (!form) forms.set(this.key, form = new ChoiceForm(this.key, this.message, here.user));
    form.onchange = () => this.formChanged();
    form.onsent = before => this.pane.awaitBot(before);
    form.openFor(choice, this.message);
    this.slot.replaceChildren(form.node);
    this.drawChoices();
    form.node.scrollIntoView({ block: 'nearest' });
    form.focusFirst();
  }

  formChanged() {
    const form = forms.get(this.key);
    if (form?.open) return;
    const hadFocus = this.slot.contains(document.activeElement);
    this.slot.replaceChildren();
    this.drawChoices();
    if (!hadFocus) return;
    const opener = form && [...this.choices.children].find(button => button.dataset.key === key(form.choice.action, form.choice.value));
    (opener ?? this.node).focus();
  }

  // ---------- more ----------

  toggleMore() {
    const open = this.acts.hidden;
    this.more.setAttribute('aria-expanded', String(open));
    this.acts.hidden = !open;
    if (!open) return;
    const act = (label, does) => el('button', { type: 'button', class: 'small', onclick: () => { this.toggleMore(); does(); } }, label);
    fill(this.acts,
      act('Look behind', () => lookBehind(this.message, this.more)),
      this.isOwn && act('Edit', () => this.change('edit')),
      this.isOwn && act('Delete', () => this.change('delete')));
    this.acts.firstElementChild.focus();
  }

  // Opens the editor, or the question whether to delete, in the place of the text.
  change(how) {
    const { message } = this;
    const { user } = here;
    const changeKey = this.key;
    const deletes = how === 'delete';
    const input = !deletes && el('textarea', { rows: 2, dir: 'auto', value: message.text, 'aria-label': 'Your message' });
    const error = el('p', { class: 'error', role: 'alert' });
    const save = el('button', { type: 'submit', class: deletes ? 'danger' : 'primary' }, deletes ? 'Delete' : 'Save');
    const close = () => {
      const { onclose } = changes.get(changeKey) ?? {};
      changes.delete(changeKey);
      onclose?.();
    };
    const node = el('form', {
      class: 'change', noValidate: true,
      onkeydown: event => { if (event.key === 'Escape' && !event.isComposing) { event.stopPropagation(); close(); } },
      onsubmit: async event => {
        event.preventDefault();
        if (save.getAttribute('aria-disabled')) return;
        if (!deletes && input.value === message.text) {
          close();
          return;
        }
        setOff(save, true);
        error.textContent = '';
        try {
          if (deletes) await send('DELETE', `messages/${message.id}?${new URLSearchParams({ user })}`);
          else await send('PUT', `messages/${message.id}`, { user, text: input.value });
          announce(deletes ? 'Deleted' : 'Saved');
          close();
        } catch (problem) {
          error.textContent = problem.message;
          setOff(save, false);
        }
      },
    }, deletes ? el('p', {}, 'Delete this message?') : input, error,
    el('div', { class: 'choices' }, save, el('button', { type: 'button', onclick: close }, deletes ? 'Keep it' : 'Cancel')));
    changes.set(changeKey, { node });
    this.drawBody();
    (input || save).focus();
  }
}

export function forgetMessages() {
  attempts.clear();
  expanded.clear();
  changes.clear();
  forms.clear();
}
