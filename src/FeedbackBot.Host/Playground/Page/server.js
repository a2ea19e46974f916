// The JSON API.

const API = '/playground/api/';

export class ApiError extends Error {
  constructor(words, fields) {
    super(words);
    this.fields = fields;
  }
}

export async function request(path, options = {}, seconds = 30, stop = new AbortController()) {
  const timer = setTimeout(() => stop.abort(), seconds * 1000);
  try {
    const response = await fetch(API + path, { ...options, signal: stop.signal, cache: 'no-store' });
    const body = await response.json().catch(() => null);
    if (!response.ok) throw new ApiError(body?.error || `The server answered ${response.status}. Try again.`, body?.fields);
    return body ?? {};
  } finally {
    clearTimeout(timer);
  }
}

export async function send(method, path, body) {
  try {
    return await request(path, { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError('No answer from the server. Nothing typed is lost; trying again will not send it twice.');
  }
}

export const post = (path, body) => send('POST', path, body);

// randomUUID exists only on https and localhost; the page may be opened by another name of this machine.
export function newEventId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 0x0f) | 0x40;
  b[8] = (b[8] & 0x3f) | 0x80;
  const hex = [...b].map(x => x.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
