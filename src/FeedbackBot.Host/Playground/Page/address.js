// Where the reader is: a user, a channel and perhaps a thread, as the address says. A channel that is not the one of the
// address keeps the thread that was last open in it.

import { marks } from './dom.js';
import { room, isMine, channelOf, userOf } from './room.js';

export const here = { user: '', channel: '', thread: '' };
const open = marks.load('open') ?? {};

export const threadIn = channel => (channel === here.channel ? here.thread : open[channel] ?? '');
export const hashFor = ({ user = here.user, channel = here.channel, thread = here.thread }) =>
  `#${new URLSearchParams(Object.entries({ user, channel, thread }).filter(([, value]) => value))}`;
export const go = to => { location.hash = hashFor(to); };
export const isAt = to => hashFor(to) === hashFor({});

export function readAddress() {
  const query = new URLSearchParams(location.hash.slice(1));
  const user = userOf(query.get('user')) ?? room.users[0];
  const asked = channelOf(query.get('channel'));
  const channel = asked && isMine(asked, user?.id) ? asked : room.channels[0];
  Object.assign(here, { user: user?.id ?? '', channel: channel?.id ?? '', thread: (channel === asked && query.get('thread')) || '' });
  open[here.channel] = here.thread;
  marks.save('open', open);
}

export function forgetThreads() {
  for (const channel of Object.keys(open)) delete open[channel];
  marks.save('open', open);
}
