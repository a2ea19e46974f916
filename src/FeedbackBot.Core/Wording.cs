using FeedbackBot.Core.Assessment;
using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Requests;

namespace FeedbackBot.Core;

/// <summary>
/// Every text the bot says, in one place. Style: short, warm, specific; no jargon, never blaming; say what to do next; a
/// question tells in half a sentence why it is asked.
/// </summary>
public static class Wording
{
    /// <summary>Somebody whose name the platform does not tell.</summary>
    public const string Somebody = "Somebody";

    public const string Skip = "Skip";
    public const string Back = "Back";
    public const string Cancel = "Cancel";
    public const string Save = "Keep for later";
    public const string AskCustomerFirst = "Keep it, I'll ask the customer";
    public const string ShowDraft = "Show the draft";
    public const string Several = "Several of them…";
    public const string CausesLabel = "What is behind it?";
    public const string NothingElse = "Nothing else";
    public const string SavedDraft = "Kept. Reply here whenever you like to add to it; I'll remind you once.";
    public const string AllTakenBack = "You took back everything you wrote here, so I dropped it. Nothing was sent to the product team.";
    public const string Submit = "Send to the product team";
    public const string SubmitWithReason = "Send anyway, with a reason";
    public const string Edit = "Edit";
    public const string StartAgain = "Start a new one with this";
    public const string AddToDraft = "Add it to the draft";
    public const string NotSureYet = "Not sure yet";
    public const string ReasonLabel = "Why should the product team see it now?";
    public const string ReasonHelp = "Only needed to send it before it is complete. The reason is shown on the card.";
    public const string Cancelled = "Dropped. Nothing was sent to the product team. Post again whenever you like.";
    public const string Expired = "This has been quiet for a while, so I closed it. Nothing was sent, and nothing is lost: reply here and we go on where we were.";
    public const string StakeTaken = "Thank you, I added that to the card. I'll post the product team's answer right here.";
    public const string StakeSkipped = "All right. I'll post the product team's answer right here.";
    public const string NotNow = "That button belongs to an earlier step. Please use the newest message.";
    public const string ChooseAnOffered = "Please choose one of those above, by its button or its number, or say \"none\".";
    public const string NothingBeforeOffer = "There is nothing to go back to yet. Choose one of those above, or say \"none\" and I'll ask you about yours.";
    public const string SimilarOnCard = "May be the same as:";
    public const string Welcome = "You’re welcome. Nothing was sent to the product team.";
    public const string SearchForWhat = "What shall I search for? For example: “search audit log”, or “search FR-12”.";
    public const string DoesNotHelp = "That doesn't help them";
    public const string TooMuchText = "That is more text than I can keep with one piece of feedback, so I left this message out. Please send it shorter, or put it in a document and send the link.";
    public const string SetAside = "Something went wrong on our side and I couldn't work with your last message. It is kept, and the people who run me will look at it. You can go on, or send it again.";
    public const string MissingSpecificIssue = "the specific issue";
    public const string MissingConstraint = "the reason behind it";
    public const string MissingEvidence = "a checkable fact";
    public const string MissingAlternative = "what was tried, or the impact";

    public const string Help = "Tell me what a customer is blocked by, as vague as it comes: mention me in a channel or a thread, write to me directly, or use /feedback. I ask for what makes it useful to the product team, you see the draft before it is sent, and their answer comes back to where you asked.\nWhile we talk, “skip”, “back”, “cancel” and “submit now” always work. “mine” shows what became of the feedback you relayed, “search” with some words what is known about them.";
    public const string WelcomeToChannel = "Hello! I take what customers are blocked by to the product team, and bring the answer back. Mention me with it, as vague as it comes: for example “@FeedbackBot Contoso will not buy until feature X is added”. We go on in that message’s thread; I read nothing else here.\nIs this where the product team sits? Somebody who looks after me can say “use this channel for triage of” and an area, with a mention of me.";
    public const string WelcomeInPerson = "Hello! Tell me what a customer is blocked by, as vague as it comes, and I take it to the product team. I ask for what makes it useful to them, you see it before it is sent, and their answer comes back to you. “help” tells more, “mine” shows what became of what you relayed.";
    public const string OfferMove = "You asked in a channel. We can go on there, where your colleagues can follow.";
    public const string MovingAlready = "I am moving there already, one moment.";
    public const string NotMoved = "I couldn't post in that channel, so we go on here. If I am not in it, invite me there first and press the button again.";
    public const string MovedThere = "We go on in the channel. What you write here from now on begins something new.";
    public const string EndedMeanwhile = "This was finished in our direct messages before I got here, so there is nothing to go on with.";
    public const string NotMovedUnderOther = "Somebody has begun something else under my post in that channel, so we go on here.";
    public const string MovedOn = "This goes on in the channel now. Please use the newest message there.";
    public const string NotInChannel = "I am not in that channel. Invite me there (/invite), then press the button again. Until then we go on here.";
    public const string OutsidersThere = "People of other companies read that channel, so we better go on here.";
    public const string OwnersOnly = "Only those who look after me can choose a triage channel. Please ask the people who run me; nothing was changed.";
    public const string NothingRelayed = "You have not relayed any feedback yet. Tell me what a customer is blocked by, and I take it to the product team.";
    public const string OwnFeedback = "The feedback you relayed, the newest first:";
    public const string OlderFeedback = "There is older feedback as well.";

    public static string LeftBesideDraft(string text)
        => $"There is still what you wrote beside it: {PersonText.Quote(text)} Shall I begin another one with that?";

    public static string BelongsToDraft(string opening)
        => $"You kept a draft here: {PersonText.Quote(opening)} Does this belong to it, or is it something new?";

    public static string MoveTo(string channel) => $"Move to {channel}";

    public static string MovedHere(string seller, string opening)
        => $"{seller} is passing on what a customer is blocked by: {PersonText.Quote(opening)} We go on in this thread.";

    public static string TriageHere(string area)
        => $"From now on, cards about {area} come to this channel, and who is in it may answer them. Cards that are out already stay where they are.";

    public static string NoSuchArea(string named, IReadOnlyList<string> areas)
        => $"I know no area {PersonText.Quote(named)}. There is: {string.Join(", ", areas)}.";

    public static string NoTriageHere(ChannelKind kind) => kind switch
    {
        ChannelKind.SharedWithOutsiders => "People of other companies read this channel, and cards name customers. Please choose a channel of your own company; nothing was changed.",
        ChannelKind.Direct or ChannelKind.NotJoined => "That works only in a channel that I am in. Invite me there, and mention me there with the same words; nothing was changed.",
        ChannelKind.Unknown or ChannelKind.Team => "I can't tell just now who reads this channel, so nothing was changed. Please try again in a moment.",
    };

    /// <summary>A question, why it is asked, and an example close to what the seller talks about.</summary>
    public static string QuestionFor(Topic topic, string about)
    {
        var question = topic switch
        {
            Topic.SpecificIssue => "What exactly fails or is missing, and in which situation? It is the first thing an engineer will ask.",
            Topic.Cause => "What is behind it? The product team answers very differently depending on the reason. Pick one or several.",
            Topic.Cost => "What makes it too expensive for them? A figure lets the product team weigh it.",
            Topic.Compliance => "Which rule, policy or control does it break? With its name the product team can check it.",
            Topic.Infrastructure => "What in their current setup stands in the way? One hard fact is worth a page.",
            Topic.People => "Which team, skill or process stands in the way? It tells whether help or a feature is needed.",
            Topic.Alternatives => "What was tried or suggested instead, and why doesn't it work? Then nobody suggests it again.",
            Topic.Impact => "How big is the impact? A number moves it up the list: users, sites, hours, money.",
            Topic.Customer => "Which customer is this for? They are counted on the request; only your team and the product team see the name.",
            Topic.ProductArea => "Which product area is it about? It decides who gets it.",
            Topic.Stake => "Last one, and you can skip it: what is at stake, and by when? For example: “€400k renewal, decision in March”.",
            Topic.Duplicate or Topic.Confirm or Topic.Opening or Topic.Added => "Does this say it well?",
        };
        return Examples.For(topic, about) is { } example ? $"{question} For example: “{example}.”" : question;
    }

    /// <summary>The one more question a slot may get, with the seller's own words.</summary>
    public static string FollowUp(Topic topic, string quote) => topic switch
    {
        Topic.SpecificIssue => $"You wrote {quote}. What happens when they try it, or what can't they do? One concrete situation is enough.",
        Topic.Cause => $"You wrote {quote}. Is there a rule, a budget, their technology or their people behind that? If nothing is, that is fine too: skip.",
        Topic.Cost => $"You wrote {quote}. Is there a figure, even a rough one: a price, a number of units, a budget?",
        Topic.Compliance => $"You wrote {quote}. Does the rule have a name or a number, or is there somebody who enforces it?",
        Topic.Infrastructure => $"You wrote {quote}. Is there one hard fact: a product and version, a number of sites or servers, a limit?",
        Topic.People => $"You wrote {quote}. Which team is it, how many are they, or how long does their process take?",
        _ => QuestionFor(topic, ""),
    };

    public static string CauseNoticed(IReadOnlyList<Constraint> constraints)
        => $"I read {string.Join(" and ", constraints.Select(constraint => ConstraintLabel(constraint).ToLowerInvariant()))} in what you wrote. Is anything else behind it? The product team answers differently depending on the reason.";

    public static string NothingBefore(string question) => $"This is the first question, there is nothing to go back to. {question}";

    public static IReadOnlyList<string> Missing(IReadOnlyList<Criterion> criteria) => [.. criteria.Select(criterion => criterion switch
    {
        Criterion.SpecificIssue => MissingSpecificIssue,
        Criterion.Constraint => MissingConstraint,
        Criterion.Evidence => MissingEvidence,
        Criterion.AlternativeOrImpact => MissingAlternative,
    })];

    /// <summary>What a part of the draft is good for, where its label does not say it.</summary>
    public static string Serves(Topic topic) => topic switch
    {
        Topic.Cost or Topic.Compliance or Topic.Infrastructure or Topic.People => "reason, evidence",
        Topic.Alternatives => "alternative",
        Topic.SpecificIssue or Topic.Cause or Topic.Impact or Topic.Opening or Topic.Added or Topic.Customer or Topic.ProductArea or Topic.Duplicate or Topic.Confirm or Topic.Stake => "",
    };

    /// <summary>A question for the seller to take to the customer.</summary>
    public static string ToBring(Topic topic) => topic switch
    {
        Topic.SpecificIssue => "What exactly did you try, and what happened?",
        Topic.Cause => "What is the real reason: a rule, the cost, your technology, your people?",
        Topic.Cost => "What would it cost you, roughly, and what is the budget?",
        Topic.Compliance => "Which rule or policy asks for it, and who checks it?",
        Topic.Infrastructure => "Which systems, versions and numbers are we talking about?",
        Topic.People => "Which team or process is affected, and how many people are they?",
        Topic.Alternatives => "What else have you looked at, and why doesn't it work?",
        Topic.Impact => "How many users, sites or hours does it affect?",
        Topic.Opening or Topic.Added or Topic.Customer or Topic.ProductArea or Topic.Duplicate or Topic.Confirm or Topic.Stake => "",
    };

    public static string SavedForCustomer(IReadOnlyList<Topic> bring)
        => $"Kept. To bring to the customer:\n{string.Join('\n', bring.Select(topic => $"• {ToBring(topic)}"))}\nJust reply here with what they say. I'll remind you once.";

    public static string Reminder(IReadOnlyList<Topic> bring) => bring.Count == 0
        ? "Your draft is still here. Add to it in a reply, or send it as it is. This is my only reminder."
        : $"Did the customer get back to you? You wanted to ask:\n{string.Join('\n', bring.Select(topic => $"• {ToBring(topic)}"))}\nReply here, or send the draft as it is. This is my only reminder.";

    public static string HandedOver(string from, string to) => $"{to} goes on from here, {from} has handed it over.";

    public static string PartLabel(Topic topic) => topic switch
    {
        Topic.Opening => "Customer is blocked",
        Topic.SpecificIssue => "The specific issue",
        Topic.Cause => "Because",
        Topic.Cost => "Because of cost",
        Topic.Compliance => "Because of compliance",
        Topic.Infrastructure => "Because of current infrastructure",
        Topic.People => "Because of people and process",
        Topic.Alternatives => "Tried",
        Topic.Impact => "Impact",
        Topic.Customer => "Customer",
        Topic.ProductArea => "Product area",
        Topic.Stake => "At stake",
        Topic.Added or Topic.Duplicate or Topic.Confirm => "Also",
    };

    public static string ConstraintLabel(Constraint constraint) => constraint switch
    {
        Constraint.Cost => "Cost",
        Constraint.Compliance => "Compliance",
        Constraint.Infrastructure => "Current infrastructure",
        Constraint.People => "People and process",
    };

    public static string StatusLabel(RequestStatus status) => status switch
    {
        RequestStatus.Open => "waiting for the product team",
        RequestStatus.Answered => "answered",
        RequestStatus.Planned => "on the roadmap",
        RequestStatus.Declined => "declined",
        RequestStatus.Duplicate => "part of another request",
    };

    public static string OutcomeLabel(Outcome outcome) => outcome switch
    {
        Outcome.None => "",
        Outcome.ToldCustomer => "customer told",
        Outcome.CustomerAccepts => "customer accepts",
        Outcome.StillBlocked => "still blocked",
    };

    /// <summary>Asks whether what is known already is what the seller is after.</summary>
    public static string MaybeTheSame(IReadOnlyList<DuplicateCandidate> candidates) => candidates switch
    {
        _ when candidates.All(candidate => candidate.Exists)
            => "The product may do this already. Would that solve it for your customer?",
        _ when candidates.All(candidate => candidate.Id.Kind == CandidateKind.RoadmapItem && candidate.Status == RequestStatus.Open)
            => "The product team may be considering this already. Is it what your customer needs? If so, they are counted there and you hear of every change.",
        _ when candidates.All(candidate => candidate.Id.Kind == CandidateKind.RoadmapItem)
            => "This may be on the roadmap already. Is it what your customer needs? If so, they are counted there and you hear of every change.",
        _ => "This may be known already. Is yours the same as one of these? If so, your customer is counted there and you hear every answer.",
    };

    public static string SameAs(DuplicateCandidate candidate) => candidate switch
    {
        { Id.Kind: CandidateKind.Request } => $"Same as {candidate.Id}",
        { Exists: true } => $"{PersonText.Shorten(candidate.Title, 50)} solves it",
        _ => $"It’s {PersonText.Shorten(candidate.Title, 50)}",
    };

    public static string MergeInto(RequestId request) => $"Merge into {request}";

    public static string NoneOf(IReadOnlyList<DuplicateCandidate> candidates) => candidates.Count == 1 ? "No, it’s something else" : "None of these";

    /// <summary>What a candidate is called and where it stands, in one line.</summary>
    public static string CandidateTitle(DuplicateCandidate candidate) => candidate.Id.Kind switch
    {
        CandidateKind.Request => $"{candidate.Id}: {candidate.Title}",
        CandidateKind.Feature or CandidateKind.RoadmapItem => candidate.Title,
    };

    /// <summary>Why a candidate is offered and what is known of it, in one sentence; the link, if it has one, stands apart.</summary>
    public static string CandidateReason(DuplicateCandidate candidate)
    {
        var stands = candidate switch
        {
            { Id.Kind: CandidateKind.Feature } => "the product can do this already",
            { Planned: { } date } => $"planned for {date}",
            { Id.Kind: CandidateKind.RoadmapItem, Status: RequestStatus.Open } => "considered, not promised",
            { Id.Kind: CandidateKind.RoadmapItem, Status: RequestStatus.Answered } => "shipped already",
            _ => StatusLabel(candidate.Status),
        };
        IEnumerable<string> parts =
        [
            .. candidate.About.Count > 0 ? [$"also about {Listed(candidate.About)}"] : Array.Empty<string>(),
            .. candidate.Area.Length > 0 ? [candidate.Area] : Array.Empty<string>(),
            .. candidate.Customers > 0 ? [Count(candidate.Customers, "customer")] : Array.Empty<string>(),
            stands,
        ];
        var sentence = string.Join("; ", parts);
        return $"{char.ToUpperInvariant(sentence[0])}{sentence[1..]}.";
    }

    public static string ExistsAlready(DuplicateCandidate existing)
        => $"Good news: the product can do this. {existing.Title}{(existing.Link is { } link ? $": {link}" : " has shipped.")}\nNothing was sent to the product team. If it doesn't help your customer, say so and I'll ask you what is missing.";

    public static string Found(string words) => $"This is what I know about {PersonText.Quote(words)}. To relay it as feedback, post it without “search” in front.";

    public static string NothingFound(string words)
        => $"I know nothing about {PersonText.Quote(words)} yet. Try other words, or post what your customer is blocked by, and I take it to the product team.";

    /// <summary>"one", "one and two", "one, two and three".</summary>
    private static string Listed(IReadOnlyList<string> words)
        => words.Count == 1 ? words[0] : $"{string.Join(", ", words.SkipLast(1))} and {words[^1]}";

    public static string Count(int number, string noun) => number == 1 ? $"1 {noun}" : $"{number:N0} {noun}s";

    public static string DraftIntro(string? joins, bool needsReason, FeedbackLevel level, FeedbackLevel minimum)
    {
        var goal = joins is { } known
            ? $"Here is what I would add to {known}, in your words."
            : "Here is what I would send to the product team, in your words.";
        return needsReason
            ? $"{goal} The product team asks for level {(int)minimum}; this is level {(int)level}. Edit it, add facts in a reply, or send it with a reason."
            : $"{goal} Send it, edit it, or add facts in a reply.";
    }

    public static string ReasonNeeded(FeedbackLevel minimum)
        => $"The product team asks for level {(int)minimum}. Add what is missing, or say why they should see it now.";

    public static string SubmittedNew(RequestId request)
        => $"Sent to the product team as {request}. I'll post their answer right here.";

    public static string SubmittedJoined(RequestId request)
        => $"Added to {request}: your customer counts there now, and I'll post every answer right here.";

    public static string HasEnded(RequestId? request) => request is { } id
        ? $"This one is with the product team as {id}. If you have something new, I can start another from what you wrote."
        : "This one has ended. I can start a new one from what you wrote.";

    public static string NotYours(string seller)
        => $"{seller} is giving this feedback, so I only take answers from them here. Ask {seller} to add what you know, or post it as a new message.";

    public static string UseTheCard(RequestId request)
        => $"This thread belongs to {request}. Please use the buttons on its card; what you write here stays among you. To pass on feedback, post it in another thread.";

    public static string TriageMembersOnly
        => "Only members of this triage channel can do that. Ask one of them, or ask to be added to the channel.";

    public const string FactsNeeded = "Please say what is still in the way; the product team needs a new fact to look at it again.";

    public static string AnswerIncomplete(IReadOnlyDictionary<string, string> errors)
        => "The answer is not complete: " + string.Join(" ", errors.Select(error => $"{error.Key}: {error.Value}"));

    public static string AlreadyAnswered(RequestId request, string by)
        => $"{by} has just answered {request}, so yours was not sent. Here is what you wrote, so that nothing is lost:";

    public static string AnswerThere(RequestId request, RequestId root)
        => $"{request} is part of {root} now: answer there, and everyone who asked for {request} hears it too. Here is what you wrote, so that nothing is lost:";

    public static string Answered(RequestId request, string title, RequestId? askedAs) => askedAs is { } part
        ? $"The product team has answered {request} ({title}), which your {part} is part of:"
        : $"The product team has answered {request} ({title}):";

    public static string PartOf(RequestId request) => $"part of {request}, answer it there";

    public const string NotTheSame = "Not the same after all";

    public static string NoSuchRequest(string named) => named.Length == 0
        ? "Which request is it the same as? Give its number, such as FR-12."
        : $"I know no request {PersonText.Quote(named)}. Give its number, such as FR-12.";

    public static string AlreadyPartOf(RequestId request, RequestId target)
        => $"{request} is part of {target} already. To make it part of another, first say on its card that it is not the same as {target} after all.";

    public static string NotIntoItself(RequestId request) => $"{request} is this very request. Which other one is it the same as?";

    public static string NotIntoItsPart(RequestId request, RequestId part)
        => $"{part} is part of {request} already, so {request} can't be part of {part} too.";

    public static string TooManyMerged(RequestId request)
        => $"Too many requests were merged one into the other up to {request}. Merge the other one into {request} instead.";

    public static string NotMerged(RequestId request) => $"{request} is not part of another request any more: somebody was faster, or it never was.";

    public static string MembersOfBothOnly(RequestId other)
        => $"That changes {other} as well, which belongs to another triage channel. Ask somebody who is a member of both channels.";

    public static string OutcomeNotYours(string seller)
        => $"Only {seller}, who passed this on, can say what became of it.";

    public static string TooLateForOutcome(RequestId request)
        => $"There is a newer state of {request}. Please use the newest answer in this thread.";

    public static string OutcomeTaken(Outcome outcome) => outcome switch
    {
        Outcome.ToldCustomer => "Noted: the customer has been told. Let me know what they say.",
        Outcome.CustomerAccepts => "Great, noted: the customer accepts it. The product team sees that on the card.",
        Outcome.StillBlocked => "Thank you. The request is open again, with your new facts, and back with the product team.",
        Outcome.None => "",
    };

    public static string ReopenedBecause(string seller) => $"Still blocked, says {seller}, with new facts.";

    public static string CardNotDelivered(RequestId request)
        => $"I stored {request}, but I can't reach the product team's triage channel. The people who run me have been told; the card is posted as soon as that is mended. You don't need to do anything.";
}
