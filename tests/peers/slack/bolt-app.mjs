// A small app on Slack's own framework: it answers a mention with a button, the button with a form, the form with a message.
import bolt from '@slack/bolt';

const [slackApiUrl, token, signingSecret] = process.argv.slice(2);
const receiver = new bolt.HTTPReceiver({
  signingSecret,
  endpoints: ['/slack/events', '/slack/interactivity', '/slack/commands', '/slack/options'],
  logLevel: 'error',
});
const app = new bolt.App({ token, receiver, clientOptions: { slackApiUrl }, logLevel: 'error' });
const plain = text => ({ type: 'plain_text', text });

app.event('app_mention', async ({ event, client }) => {
  await client.chat.postMessage({
    channel: event.channel,
    thread_ts: event.thread_ts ?? event.ts,
    text: `Heard ${event.text}`,
    blocks: [{ type: 'actions', block_id: 'ask', elements: [{ type: 'button', action_id: 'open', value: event.ts, text: plain('Tell more') }] }],
  });
});

app.action('open', async ({ ack, body, action, client }) => {
  await client.views.open({
    trigger_id: body.trigger_id,
    view: {
      type: 'modal',
      callback_id: 'more',
      private_metadata: JSON.stringify({ channel: body.channel.id, thread: body.message.thread_ts, value: action.value }),
      title: plain('More'),
      submit: plain('Send'),
      blocks: [{ type: 'input', block_id: 'facts', label: plain('Facts'), element: { type: 'plain_text_input', action_id: 'value' } }],
    },
  });
  await ack();
});

app.view('more', async ({ ack, view, client }) => {
  const facts = view.state.values.facts.value.value;
  if (facts.length < 3) {
    await ack({ response_action: 'errors', errors: { facts: 'Too short.' } });
    return;
  }

  await ack();
  const { channel, thread } = JSON.parse(view.private_metadata);
  await client.chat.postMessage({ channel, thread_ts: thread, text: `Noted ${facts}` });
});

app.command('/feedback', async ({ ack, command, respond }) => {
  await ack(`Taken: ${command.text}`);
  await respond(`Later: ${command.user_id}`);
});

app.shortcut('relay_feedback', async ({ ack, shortcut, respond }) => {
  await ack();
  await respond(`Relayed: ${shortcut.message.text}`);
});

app.event('app_home_opened', async ({ event, client }) => {
  await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: [{ type: 'section', text: plain('Home of Bolt') }] } });
});

// The receiver keeps its server to itself until it listens.
const server = await app.start(0);
console.log(server.address().port);
process.stdin.on('end', () => process.exit(0)).resume();
