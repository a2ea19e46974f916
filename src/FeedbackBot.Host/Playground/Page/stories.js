// The guided stories.
//
// A story is data. A step says who does it (user) and where: "starts" opens a thread of that name in a channel, "thread" goes
// on in it at the open question ("asks") or at the bot's answer ("kind"), "card" is the request of that thread in #triage.
// It is done with words for the composer (text), a button (press) or a button's form (press and form). "show" only points.
// "look" is the one sentence of what to look at.

export const WHAT = {
  SpecificIssue: 'Say what exactly fails', Cause: 'Say what is behind it', Cost: 'Give the cost', Compliance: 'Name the rule',
  Infrastructure: 'Describe their setup', Alternatives: 'Say what was tried', Customer: 'Name the customer',
  ProductArea: 'Choose the product area', Duplicate: 'Look at the possible match', Confirm: 'Read the draft and send it', Stake: 'Say what is at stake',
};

const CUSTOMER = 'The customer is counted on the request; other customers’ teams never see the name.';
const DRAFT = 'The draft is in Sam’s own words, and nothing is sent before Sam says so.';

// Someone who already says everything: only the customer, the area and the draft are left.
const complete = (user, starts, text, customer, area, look = 'Issue, reason, a fact and what was tried are all in there, so the bot asks for none of them.') => [
  { user, channel: 'sellers', starts, text, what: 'Post the whole problem', look },
  { user, thread: starts, asks: 'Customer', press: { action: 'choose', value: customer }, otherwise: customer, look: CUSTOMER },
  { user, thread: starts, asks: 'ProductArea', press: { action: 'choose', value: area }, look: 'The area decides which product team gets the card.' },
];
// A need that somebody else has told of already: only the customer is asked.
const joins = (user, starts, text, customer, of, look, found) => [
  { user, channel: 'sellers', starts, text, what: 'Post the whole problem', look },
  { user, thread: starts, asks: 'Duplicate', press: { action: 'same', of }, look: found },
  { user, thread: starts, asks: 'Customer', press: { action: 'choose', value: customer }, otherwise: customer, look: CUSTOMER },
];
const send = (user, thread, look = DRAFT) => [
  { user, thread, asks: 'Confirm', press: { action: 'submit' }, look },
  { user, thread, asks: 'Stake', press: { action: 'skip' }, look: 'It is sent already; this last question can always be skipped.', what: 'Skip what is at stake' },
];
const answers = (card, value, form, what, look, user = 'pm-ana') => ({ user, card, press: { action: 'answer', value }, form, what, look });

export const STORIES = [
  {
    id: 'access', group: 'From vague to actionable', title: 'Access to production', about: '“Will not buy without feature X” becomes level 400: compliance.',
    steps: [
      { user: 'sam', channel: 'sellers', starts: 'sam', text: 'Contoso will not buy the product until feature X is added', what: 'Post the blocker', look: 'Everybody has heard this one: level 100, and nothing in it a product team could act on.' },
      { user: 'sam', thread: 'sam', asks: 'SpecificIssue', text: 'The product currently requires giving access to production systems directly to their development teams.', look: 'The bot answers in the thread, with one question at a time; this one is about what an engineer would ask first.' },
      { user: 'sam', thread: 'sam', asks: 'Cause', press: { action: 'choose', value: 'Compliance' }, look: 'Almost every blocker comes from one of these four; here it is compliance.' },
      { user: 'sam', thread: 'sam', asks: 'Compliance', text: 'It puts them in violation of their current implementation of SOX, which asks for segregation of duties.', look: 'A name the product team can check, SOX, is worth more than “security does not like it”.' },
      { user: 'sam', thread: 'sam', asks: 'Alternatives', text: 'SOX without segregation of duties was suggested, but rejected by the enterprise security team.', look: 'What was tried already, so that nobody suggests it again.' },
      { user: 'sam', thread: 'sam', asks: 'Customer', press: { action: 'choose', value: 'Contoso' }, otherwise: 'Contoso', look: 'Level 400 now. The bot has read the name in the first message and offers it.' },
      { user: 'sam', thread: 'sam', asks: 'ProductArea', press: { action: 'choose', value: 'Identity and security' }, look: 'The likeliest area comes first.' },
      { user: 'sam', thread: 'sam', asks: 'Confirm', press: { action: 'submit' }, look: 'The same complaint, now actionable, and every word of it is Sam’s.' },
      { user: 'sam', thread: 'sam', asks: 'Stake', text: 'EUR 400k, renewal in March', look: 'It is sent already; what is at stake helps to weigh it and can be skipped.' },
      answers('sam', 'OnRoadmap', { date: 'Q2 2027', planned: 'Deployments by role, without access to production.', workaround: 'A pipeline account that the security team owns.' }, 'Answer the card', 'Now you are Ana: one card in #triage has all she needs to decide. She plans it, with a date and a workaround.'),
      { user: 'sam', thread: 'sam', kind: 'Answer', press: { action: 'accepts' }, what: 'Tell what the customer says', look: 'Ana’s answer is in the thread where Sam asked, in words for the customer.' },
    ],
  },
  {
    id: 'cluster', group: 'From vague to actionable', title: 'Seven nodes for ten apps', about: 'Two reasons at once: cost and current infrastructure.',
    steps: [
      { user: 'sam', channel: 'sellers', starts: 'sam', text: 'Fabrikam is blocked because of feature Y', what: 'Post the blocker', look: 'Short and vague, as from a phone between two meetings.' },
      { user: 'sam', thread: 'sam', asks: 'SpecificIssue', text: 'The smallest application cluster is 7 nodes, on large VMs with premium storage.', look: 'One question at a time, and each says why it is asked.' },
      { user: 'sam', thread: 'sam', asks: 'Cause', text: 'Cost and current infrastructure', look: 'Words do as well as the buttons: two reasons, and both get a question of their own.' },
      { user: 'sam', thread: 'sam', asks: 'Cost', text: 'They would need dozens of clusters, which would cost hundreds of thousands of dollars a year.', look: 'A rough figure is enough: it can be weighed.' },
      { user: 'sam', thread: 'sam', asks: 'Infrastructure', text: 'On-prem they run one cluster for each 5 to 10 applications, because the apps are separated logically and by permissions.', look: 'One hard fact about the setup explains where the cost comes from.' },
      { user: 'sam', thread: 'sam', asks: 'Alternatives', text: 'Consolidating the clusters was considered, but changing the architecture would take years.', look: 'The obvious way out, and why it is none.' },
      { user: 'sam', thread: 'sam', asks: 'People', text: 'skip', what: 'Skip what does not apply', look: 'People and process have nothing to do with it: “skip” always works.' },
      { user: 'sam', thread: 'sam', asks: 'Customer', press: { action: 'choose', value: 'Fabrikam' }, otherwise: 'Fabrikam', look: CUSTOMER },
      { user: 'sam', thread: 'sam', asks: 'ProductArea', press: { action: 'choose', value: 'Deployment and infrastructure' }, look: 'The likeliest area comes first.' },
      { user: 'sam', thread: 'sam', asks: 'Confirm', press: { action: 'submit' }, look: 'Level 400: “because of cost” and “because of current infrastructure” stand apart.' },
      { user: 'sam', thread: 'sam', asks: 'Stake', text: 'USD 300k a year, decision in June', look: 'It is sent already; this is for whoever has to weigh it.' },
      { user: 'pm-ana', card: 'sam', show: true, what: 'Look at the card', look: 'Now you are Ana: both reasons, the figures and the deadline are on one card.' },
    ],
  },
  {
    id: 'duplicate', group: 'The same need twice', title: 'Somebody asked already', about: 'A second customer is counted on the request that exists.',
    steps: [
      ...complete('sam', 'sam', 'Woodgrove Bank is blocked: support staff can read card numbers in the logs, which breaks PCI DSS 3.4. Masking them in a proxy was tried, but it slowed payments by 2 seconds.', 'Woodgrove Bank', 'Identity and security'),
      ...send('sam', 'sam'),
      ...joins('sofia', 'sofia', 'Northwind cannot go live: card numbers stand in the logs in full, which PCI DSS 3.4 forbids. Masking the logs afterwards was suggested, but their auditors rejected it.', 'Northwind', 'sam', 'Now you are Sofia, with a customer of your own and your own words for it.', 'Before it asks anything, the bot has found Sam’s request. It shows no name and no sum of the other customer, and leaves the decision to Sofia.'),
      ...send('sofia', 'sofia', 'What Sofia knows is added to the request, and nothing of it is lost.'),
      { user: 'pm-ana', card: 'sam', show: true, what: 'Look at the card', look: 'Now you are Ana: still one card, with two customers on it.' },
    ],
  },
  {
    id: 'two-sellers', group: 'The same need twice', title: 'Two sellers, one answer', about: 'One answer reaches both threads; each customer reacts on their own.',
    steps: [
      ...complete('sam', 'sam', 'Alpine Ski House is blocked: the mobile app needs a connection to open a ticket, and 30 of their lifts have no coverage. Paper tickets were tried, but 400 a day were lost.', 'Alpine Ski House', 'General'),
      ...send('sam', 'sam'),
      ...joins('sofia', 'sofia', 'Blue Yonder Ferries is stuck too: the mobile app cannot open a ticket without a connection, and their 12 ferries have no coverage at sea. Printed tickets were tried, but 90 a week were lost.', 'Blue Yonder Ferries', 'sam', 'Now you are Sofia, with the same need at sea.', 'Same need, another place: Sofia joins Sam’s request, and is asked for nothing but her customer.'),
      ...send('sofia', 'sofia', 'The draft says which request it is added to.'),
      answers('sam', 'OnRoadmap', { date: 'H1 2027', planned: 'Tickets open offline for 48 hours.', workaround: 'Download the tickets at the station, before the trip.' }, 'Answer once', 'Now you are Ben: he answers one card, for both.', 'pm-ben'),
      { user: 'sam', thread: 'sam', kind: 'Answer', press: { action: 'accepts' }, what: 'Sam’s customer accepts', look: 'The answer is in Sam’s thread …' },
      { user: 'sofia', thread: 'sofia', kind: 'Answer', press: { action: 'told' }, what: 'Sofia has told hers', look: '… and in Sofia’s, and each says what became of it.' },
      { user: 'pm-ben', card: 'sam', show: true, what: 'Look at the outcome', look: 'Ben sees both outcomes on his card.' },
    ],
  },
  {
    id: 'exists', group: 'The five answers', title: '1 · It already exists', about: 'A link, and how it solves this.',
    steps: [
      ...complete('sam', 'sam', 'Proseware is blocked: every engineer deploys with one shared key, and ISO 27001 A.5.16 asks for an identity per person. Changing the key every week was tried, but 12 teams could not keep up.', 'Proseware', 'Identity and security'),
      ...send('sam', 'sam'),
      answers('sam', 'AlreadyExists', { link: 'https://docs.example/roles', how: 'Give each pipeline a role of its own; people sign in with their own account.' }, 'Answer: it exists', 'Now you are Ana. The best answer of the five: where it is and how it helps.'),
      { user: 'sam', thread: 'sam', kind: 'Answer', press: { action: 'accepts' }, what: 'The customer accepts', look: 'A happy customer, and nothing had to be built.' },
    ],
  },
  {
    id: 'roadmap', group: 'The five answers', title: '2 · It is on the roadmap', about: 'About when, what, and what to do meanwhile.',
    steps: [
      ...complete('sam', 'sam', 'Tailspin is blocked: audit logs are gone after 30 days, and SEC rule 17a-4 makes them keep six years. Exporting them by hand was tried, but two months were missed.', 'Tailspin', 'General'),
      ...send('sam', 'sam'),
      answers('sam', 'OnRoadmap', { date: 'Q3 2027', planned: 'Audit logs are kept for up to ten years.', workaround: 'A nightly export by the API.' }, 'Answer: it is planned', 'Now you are Ana: a quarter is date enough, and “soon” would be refused.'),
      { user: 'sam', thread: 'sam', kind: 'Answer', press: { action: 'told' }, what: 'Tell the customer', look: 'A date and a workaround: something to bring to the customer today.' },
    ],
  },
  {
    id: 'rare', group: 'The five answers', title: '3 · Not a priority', about: 'Why, and what would change that.',
    steps: [
      ...complete('sam', 'sam', 'Lamna Healthcare is blocked: the patient forms cannot be shown in Welsh, and the Welsh Language Standards require it of their 14 clinics. Browser translation was tried, but it got the names of medicines wrong.', 'Lamna Healthcare', 'General'),
      ...send('sam', 'sam'),
      answers('sam', 'NotAPriority', { why: 'One customer in three years has asked for it.', threshold: '5 customers or EUR 500k', workaround: 'Their own texts, through the custom labels.' }, 'Answer: a rare request', 'Now you are Ana. A rare request gets a reason, and a number that would open it again.'),
      { user: 'sam', thread: 'sam', kind: 'Answer', press: { action: 'told' }, what: 'Tell the customer', look: 'It is a no, but one that says what would make it a yes.' },
    ],
  },
  {
    id: 'costly', group: 'The five answers', title: '4 · Too costly to build', about: 'The architectural reason, in words a customer understands.',
    steps: [
      ...complete('sam', 'sam', 'Adatum is blocked: the agent needs an identity of its own on each host, and their mainframe has one account for 4,000 nightly jobs. One agent per job was tried, but the mainframe ran out of memory.', 'Adatum', 'Deployment and infrastructure'),
      ...send('sam', 'sam'),
      answers('sam', 'TooCostly', { constraint: 'An agent proves who it is by its host account; sharing one would need a second identity in every part of the product.', workaround: 'A gateway host that collects the jobs and has its own account.' }, 'Answer: too costly', 'Now you are Ana: she names the constraint, so that the customer can understand the no.'),
      { user: 'sam', thread: 'sam', kind: 'Answer', press: { action: 'accepts' }, what: 'The customer accepts', look: 'An explained no goes a really long way.' },
    ],
  },
  {
    id: 'wrong-path', group: 'The five answers', title: '5 · It does not fit', about: 'Which way it would lead, and why not there.',
    steps: [
      ...complete('sam', 'sam', 'Wingtip Toys is blocked: a release cannot be locked for six months, and their process needs a board of nine to sign each phase. Locking it by hand was tried, but urgent fixes broke the lock twice.', 'Wingtip Toys', 'General'),
      ...send('sam', 'sam'),
      answers('sam', 'NotAligned', { kind: 'WrongPath', why: 'Six months between a fix and its customer is what the product is there to end.', workaround: 'An approval on each deployment gives the board the same say, every day.' }, 'Answer: not aligned', 'Now you are Ana: she says which of the three kinds it is, and why.'),
      { user: 'sam', thread: 'sam', kind: 'Answer', press: { action: 'told' }, what: 'Tell the customer', look: 'Honest, with a reason and another way.' },
    ],
  },
  {
    id: 'still-blocked', group: 'After the answer', title: 'Still blocked', about: 'New facts open the request again, and the answer changes.',
    steps: [
      ...complete('sam', 'sam', 'Fourth Coffee is blocked: upgrading stops the tills for 40 minutes, and their 600 shops are open around the clock. Upgrading shop by shop was tried, but it took 11 weeks.', 'Fourth Coffee', 'Deployment and infrastructure'),
      ...send('sam', 'sam'),
      answers('sam', 'TooCostly', { constraint: 'The upgrade rewrites the local database, and nothing can be sold meanwhile.', workaround: 'Upgrade half of the tills at a time.' }, 'Answer the card', 'Now you are Ana, and this time it is a no with a workaround.'),
      { user: 'sam', thread: 'sam', kind: 'Answer', press: { action: 'blocked' }, form: { facts: '420 of the 600 shops have a single till, so there is no half to upgrade.' }, what: 'Say what is still in the way', look: 'The workaround does not work for them; Sam brings the fact that Ana did not have.' },
      answers('sam', 'OnRoadmap', { date: 'Q4 2027', planned: 'The till sells on from a copy while the upgrade runs.', workaround: 'none known' }, 'Answer again', 'The card is open again, with the new fact on it, and Ana sees it in another light.'),
      { user: 'sam', thread: 'sam', kind: 'Answer', press: { action: 'accepts' }, what: 'The customer accepts', look: 'The second answer is in the same thread, below the first.' },
    ],
  },
];
