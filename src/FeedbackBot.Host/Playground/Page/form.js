// The form of a choice. It belongs to a message and a user, and outlives every redraw with what was typed in it.

import { announce, el, setOff, uid } from './dom.js';
import { newestSeq } from './room.js';
import { newEventId, post } from './server.js';

export const forms = new Map();    // user and message → the form

export class ChoiceForm {
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
    const before = newestSeq();
    try {
      await post('actions', { eventId: this.eventId, ...content });
      announce(`${this.choice.label}: sent`);
      forms.delete(this.formKey);
      this.onsent?.(before);
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
    setOff(this.submit, busy);
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
