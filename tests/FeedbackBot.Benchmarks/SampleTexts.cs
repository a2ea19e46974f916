using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Requests;

namespace FeedbackBot.Benchmarks;

/// <summary>
/// Feedback as sellers may type it: the same for the same seed. A few words are in most texts and most words are in few, as
/// in a language, because what a look-up costs depends on that.
/// </summary>
internal sealed class SampleTexts(int seed)
{
    private const int Names = 20_000;

    private static readonly string[] Syllables =
        ["al", "bren", "cor", "dan", "el", "far", "gil", "hol", "is", "jor", "kel", "lum", "mor", "nev", "or", "pel", "quin", "ros", "sav", "tor", "ul", "ven", "wex", "yar", "zim"];

    private static readonly string[] Deeds =
    [
        "export audit logs", "rotate signing keys", "restrict outbound traffic", "restore single folders", "delegate approvals",
        "throttle noisy tenants", "mirror container images", "pin a region", "schedule maintenance", "mask personal columns",
        "import existing groups", "replay failed webhooks", "sign in with smart cards", "archive closed projects", "cap monthly spending",
        "join reports across workspaces", "edit offline", "translate templates", "attach large drawings", "share dashboards with partners",
    ];

    private static readonly string[] Reasons =
    [
        "their auditors ask for proof every quarter", "the works council forbids it otherwise", "the plant has no internet connection",
        "their budget for this year is spent", "nobody in the team can write scripts", "the regulator wants the data kept in the country",
        "the machines run an operating system from 2016", "two administrators serve forty branches", "each restart costs a shift of production",
        "the contract with their own customers says so", "licences are paid per core", "the migration window is a single weekend",
    ];

    private static readonly string[] Impacts =
    [
        "They pay a contractor to do it by hand", "The roll-out to the other sites waits", "They compare us with a competitor now",
        "A renewal of 240,000 EUR is at risk", "About 1,200 people work around it daily", "They run a second system beside ours",
    ];

    private static readonly string[] Areas = ["General", "Deployment and infrastructure", "Identity and security"];

    private readonly Random _random = new(seed);

    /// <summary>The message that begins a conversation.</summary>
    public string Opening() => $"{Name()} cannot {Deed()} in {Name()}, because {Pick(Reasons)}. {Pick(Impacts)}.";

    public string Issue() => $"In {Name()} one cannot {Deed()} for {Name()} and {Name()}";

    public string Detail() => $"{Pick(Reasons)}; it concerns {_random.Next(2, 900)} machines with {Name()} {Name()}.";

    public string Customer() => $"{Name()} {Pick(["AG", "Ltd", "GmbH", "Inc", "SA"])}";

    /// <summary>What the seller says after the opening, up to the submission.</summary>
    public string[] Answers() =>
        [Issue(), "It is a matter of compliance", Detail(), $"They tried {Name()}, but {Pick(Reasons)}.", $"{Pick(Impacts)}.", Customer(), Area(), "new", "submit"];

    /// <summary>A stored request.</summary>
    public FeedbackRequest Request(long number, DateTimeOffset at)
    {
        var id = RequestId.FromNumber(number);
        var issue = Issue();
        return new FeedbackRequest
        {
            Id = id,
            Title = PersonText.FirstSentence(issue, FeedbackRequest.MaxTitleLength),
            Summary = PersonText.Shorten(
                string.Join('\n', Opening(), issue, Detail(), Pick(Impacts), Customer(), Area()), FeedbackRequest.MaxSummaryLength),
            Area = Area(),
            CreatedAt = at,
            LastSubmissionAt = at,
            TriageChannel = new ChannelReference("bench", "bench", "triage"),
            Card = OutboxId.For(id.Value, "card", "triage"),
        };
    }

    private string Deed() => Pick(Deeds);

    private string Area() => Pick(Areas);

    /// <summary>A made-up name: the lower its number, the more often it comes.</summary>
    private string Name()
    {
        var number = (int)(Names * Math.Pow(_random.NextDouble(), 4));
        var name = "";
        do
        {
            name += Syllables[number % Syllables.Length];
            number /= Syllables.Length;
        }
        while (number > 0);
        return char.ToUpperInvariant(name[0]) + name[1..] + "ix";
    }

    private string Pick(string[] from) => from[_random.Next(from.Length)];
}
