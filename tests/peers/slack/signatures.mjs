// Says of each request on standard input whether Bolt takes it for Slack's, and how it is signed by the book.
import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import { dirname, join } from 'node:path';

// Not among the package's exports, but what its receivers call.
const require = createRequire(import.meta.url);
const { isValidSlackRequest } = require(join(dirname(require.resolve('@slack/bolt')), 'receivers', 'verify-request.js'));

const requests = JSON.parse(await text(process.stdin));
console.log(JSON.stringify(requests.map(({ secret, timestamp, body, signature, now }) => ({
  isValid: isValidSlackRequest({
    signingSecret: secret,
    body,
    headers: { 'x-slack-signature': signature, 'x-slack-request-timestamp': Number(timestamp) },
    nowMilliseconds: now * 1000,
  }),
  signature: `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`,
}))));
