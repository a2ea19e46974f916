// Calls the Web API at the first argument with Slack's own client, and writes down what came of each call.
import slack from '@slack/web-api';

const { WebClient, WebClientEvent, retryPolicies } = slack;
const [slackApiUrl, token, plan] = process.argv.slice(2);
const client = new WebClient(token, { slackApiUrl, logLevel: 'error', retryConfig: retryPolicies.rapidRetryPolicy });
const impatient = new WebClient(token, { slackApiUrl, logLevel: 'error', retryConfig: { retries: 0 }, rejectRateLimitedCalls: true, timeout: 1500 });
const strangers = new WebClient('xoxb-somebody-elses', { slackApiUrl, logLevel: 'error', retryConfig: { retries: 0 } });
const clients = { client, impatient, strangers };

let waits = [];
client.on(WebClientEvent.RATE_LIMITED, seconds => waits.push(seconds));

const outcomes = [];
for (const { by = 'client', method, args = {}, pages } of JSON.parse(plan)) {
  waits = [];
  const from = Date.now();
  try {
    const answer = pages ? [] : await clients[by].apiCall(method, args);
    if (pages) {
      for await (const page of clients[by].paginate(method, args)) {
        answer.push(page);
      }
    }

    outcomes.push({ ok: true, answer, waits, ms: Date.now() - from });
  } catch (error) {
    outcomes.push({ ok: false, code: error.code, error: error.data?.error, messages: error.data?.response_metadata?.messages, needed: error.data?.needed, retryAfter: error.retryAfter, status: error.statusCode, waits, ms: Date.now() - from });
  }
}

console.log(JSON.stringify(outcomes));
