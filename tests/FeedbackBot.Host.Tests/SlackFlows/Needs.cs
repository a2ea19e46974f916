namespace FeedbackBot.Host.Tests.SlackFlows;

/// <summary>
/// Five needs that share nothing, so that none is offered as the same as another, whoever comes first. Each is complete: a
/// seller who answers with its parts reaches the product team.
/// </summary>
internal sealed record Need(string Opening, string Issue, string Rule, string Tried, string Customer)
{
    public static IReadOnlyList<Need> All { get; } =
    [
        new(
            "Contoso will not buy until role based deployment is added",
            "The product currently requires giving access to production systems directly to their development teams.",
            "It puts them in violation of their current implementation of SOX.",
            "SOX without segregation of duties was suggested, but rejected by the enterprise security team.",
            "Contoso"),
        new(
            "Fabrikam cannot go on with label printing",
            "Warehouse printers drop their queue whenever a forklift roams between halls.",
            "FDA 21 CFR 11 wants every sticker on a pallet numbered without gaps.",
            "A cable to each of 40 forklifts was tried and torn off within 2 days.",
            "Fabrikam"),
        new(
            "Northwind needs an archive of invoices",
            "Accountants retype 900 bills a month because nothing exports them as PDF/A.",
            "German GoBD asks for ten years of unchangeable storage.",
            "Screenshots were handed over, and the tax office refused them.",
            "Northwind"),
        new(
            "Initech waits for holiday calendars",
            "Night shifts in Bavaria get scheduled during public holidays, since only federal ones are known.",
            "Arbeitszeitgesetz paragraph 9 forbids work on those days.",
            "Blocking dates by hand fails: 16 regions change theirs every year.",
            "Initech"),
        new(
            "Umbrella is stuck without an offline installer",
            "Laboratory machines behind an air gap can't download packages at setup.",
            "NIST 800-82 keeps their network apart from everything else.",
            "USB sticks with a mirror broke at each signature update.",
            "Umbrella"),
    ];

    /// <summary>What the seller answers, null for the button "Skip".</summary>
    public string? Answer(string topic) => topic switch
    {
        "SpecificIssue" => Issue,
        "Compliance" => Rule,
        "Alternatives" => Tried,
        "Customer" => Customer,
        _ => null,
    };
}
