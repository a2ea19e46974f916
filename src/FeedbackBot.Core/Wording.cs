using FeedbackBot.Core.Assessment;
using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Requests;

namespace FeedbackBot.Core;

/// <summary>
/// Every text the bot says, in one place. Style: short, warm, specific; no jargon, never blaming; say what to do next; a
/// question tells in half a sentence why it is asked.
/// </summary>
public static class Wording
{
    public const string Skip = "Skip";
    public const string Cancel = "Cancel";
    public const string Submit = "Send to the product team";
    public const string SubmitWithReason = "Send anyway, with a reason";
    public const string Edit = "Edit";
    public const string StartAgain = "Start a new one with this";
    public const string NotSureYet = "Not sure yet";
    public const string NoneOfThese = "None of these";
    public const string AddedFactsLabel = "Also";
    public const string ReasonLabel = "Why should the product team see it now?";
    public const string ReasonHelp = "Only needed to send it before it is complete. The reason is shown on the card.";
    public const string MaybeTheSame = "Someone may have asked for this already. Is yours the same as one of these? If so, your customer is counted there and you hear every answer.";
    public const string Cancelled = "Dropped. Nothing was sent to the product team. Post again whenever you like.";
    public const string Expired = "This has been quiet for a while, so I closed it without sending anything. Write here to pick it up as a new one.";
    public const string StakeTaken = "Thank you, I added that to the card. I'll post the product team's answer right here.";
    public const string StakeSkipped = "All right. I'll post the product team's answer right here.";
    public const string NotNow = "That button belongs to an earlier step. Please use the newest message.";
    public const string ChooseAnOffered = "Please choose one of the requests above, by its button or its number, or say \"none\".";
    public const string TooMuchText = "That is more text than I can keep with one piece of feedback, so I left this message out. Please send it shorter, or put it in a document and send the link.";
    public const string SetAside = "Something went wrong on our side and I couldn't work with your last message. It is kept, and the people who run me will look at it. You can go on, or send it again.";
    public const string MissingSpecificIssue = "the specific issue";
    public const string MissingConstraint = "the reason behind it";
    public const string MissingEvidence = "a checkable fact";
    public const string MissingAlternative = "what was tried, or the impact";

    public static string QuestionFor(Topic topic) => topic switch
    {
        Topic.SpecificIssue => "What exactly fails or is missing, and in which situation? That is what an engineer needs first. For example: \"Deployments need direct access to production.\"",
        Topic.Cause => "What is behind it? The answer differs a lot by the reason. Pick one, or write several.",
        Topic.Cost => "What makes it too expensive for them? A figure lets the product team weigh it. For example: \"12 extra clusters, about $300k a year.\"",
        Topic.Compliance => "Which rule, policy or control does it break? A name lets the product team check it. For example: \"SOX, segregation of duties.\"",
        Topic.Infrastructure => "What in their current setup stands in the way? One hard fact helps most. For example: \"60 apps on an on-prem cluster with no internet access.\"",
        Topic.People => "Which team, skill or process stands in the way? For example: \"Two database admins for 40 sites; changes take a six-week review.\"",
        Topic.Alternatives => "What was tried or suggested instead, and why doesn't it work? It saves the product team from suggesting it again.",
        Topic.Impact => "How big is the impact? A number is best: users, sites, hours, money.",
        Topic.Customer => "Which customer is this for? They are counted on the request, and only your team and the product team see the name.",
        Topic.ProductArea => "Which product area is it about? It decides who gets it.",
        Topic.Stake => "Last one, and you can skip it: what is at stake, and by when? For example: \"€400k renewal, decision in March.\"",
        Topic.Duplicate => MaybeTheSame,
        Topic.Confirm => "Does this say it well?",
    };

    public static string PartLabel(Topic topic) => topic switch
    {
        Topic.Confirm => "Customer is blocked",
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
        Topic.Duplicate => AddedFactsLabel,
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
    };

    public static string SameAs(RequestId request) => $"Same as {request}";

    public static string DraftIntro(RequestId? joins, FeedbackLevel level, FeedbackLevel minimum)
    {
        var goal = joins is { } request
            ? $"Here is what I would add to {request}, in your words."
            : "Here is what I would send to the product team, in your words.";
        return level < minimum
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

    /// <summary>The constraints a free answer names. Plain words only; it cannot read a negation.</summary>
    public static IReadOnlyList<Constraint> ConstraintsIn(string text)
        => [.. Enum.GetValues<Constraint>().Where(constraint => WordsOf(constraint).Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase)))];

    private static string[] WordsOf(Constraint constraint) => constraint switch
    {
        Constraint.Cost => ["cost", "expensive", "price", "budget", "money"],
        Constraint.Compliance => ["compliance", "policy", "regulat", "security team", "audit", "legal"],
        Constraint.Infrastructure => ["infrastructure", "architecture", "on-prem", "network", "legacy"],
        Constraint.People => ["people", "process", "team", "skill", "staff"],
    };
}
