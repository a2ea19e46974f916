namespace FeedbackBot.Core.Conversations;

/// <summary>
/// Examples of good answers, close to what the seller talks about: a field is recognised by words of the product area or of
/// the message, and the first one serves where none is.
/// </summary>
public static class Examples
{
    private static readonly Field[] Fields =
    [
        new([],
            "Deployments need direct access to production",
            "12 extra environments, about $300k a year",
            "SOX, segregation of duties",
            "60 applications on-prem, no internet access",
            "two administrators for 40 sites",
            "a separate environment was suggested; their security team said no",
            "900 users stay on the old system"),
        new(["identity", "sign-in", "login", "sso", "mfa", "password", "access", "permission", "role", "security"],
            "Enrolment needs a smartphone, and shared terminals have none",
            "5,000 tokens at €39; the budget is €50k",
            "ISO 27001 A.5.15, no shared accounts",
            "login runs through an on-prem directory we can't reach",
            "a works agreement forbids private phones",
            "badge login was proposed; their readers aren't supported",
            "5,000 workers stay on passwords"),
        new(["data", "database", "backup", "storage", "retention", "encryption", "report", "warehouse"],
            "Backups can't be encrypted with a key the customer holds",
            "a second copy costs $180k a year",
            "MiFID II asks to keep records for seven years",
            "6 TB over an 8 Mbit satellite link",
            "one database administrator, no night shift",
            "a nightly export was tried; the auditor rejected it",
            "70 reports are made by hand each month"),
        new(["network", "vpn", "firewall", "vnet", "subnet", "dns", "endpoint", "wan", "region"],
            "The service needs a public endpoint, even inside a private network",
            "48 more boxes at €31k",
            "PCI DSS 1.3, no direct route to the internet",
            "two separate networks that may not be joined",
            "the network team changes rules once a quarter",
            "a proxy was tried; it breaks certificate pinning",
            "48 sites can't go live"),
        new(["cluster", "kubernetes", "container", "deploy", "pipeline", "build", "vm", "node", "upgrade", "release"],
            "The smallest cluster has seven large nodes",
            "dozens of clusters, hundreds of thousands a year",
            "changes to production need four eyes (SOX)",
            "one cluster for each 5 to 10 applications",
            "a release needs a six-week validation by a team of six",
            "one shared cluster was looked at; merging would take years",
            "30 applications wait for it"),
    ];

    /// <summary>The example for <paramref name="topic"/> that is closest to <paramref name="about"/>, null where none is needed.</summary>
    public static string? For(Topic topic, string about)
    {
        var field = Fields.MaxBy(each => each.Words.Count(word => about.Contains(word, StringComparison.OrdinalIgnoreCase)))!;
        return topic switch
        {
            Topic.SpecificIssue => field.SpecificIssue,
            Topic.Cost => field.Cost,
            Topic.Compliance => field.Compliance,
            Topic.Infrastructure => field.Infrastructure,
            Topic.People => field.People,
            Topic.Alternatives => field.Alternatives,
            Topic.Impact => field.Impact,
            Topic.Opening or Topic.Cause or Topic.Added or Topic.Customer or Topic.ProductArea or Topic.Duplicate or Topic.Confirm or Topic.Stake => null,
        };
    }

    private sealed record Field(
        string[] Words,
        string SpecificIssue,
        string Cost,
        string Compliance,
        string Infrastructure,
        string People,
        string Alternatives,
        string Impact);
}
