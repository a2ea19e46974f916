namespace FeedbackBot.Core.Triage;

/// <summary>An answer in words that a seller can pass on.</summary>
public static class ResponseText
{
    public static string Of(Response response) => response switch
    {
        Response.AlreadyExists answer => $"This already exists: {answer.Where}\n{answer.How}",
        Response.OnRoadmap answer => $"This is on the roadmap, for about {answer.Date}.\n{answer.Planned}\n{Of(answer.Workaround)}",
        Response.NotAPriority answer =>
            $"This is not a priority now, since few customers ask for it.\n{answer.Why}\nWhat would change that: {answer.Threshold}.\n{Of(answer.Workaround)}",
        Response.TooCostly answer =>
            $"This would be too costly to build.\n{answer.ArchitecturalConstraint}\n{Of(answer.Workaround)}",
        Response.NotAligned answer => $"This does not fit where the product goes: {Of(answer.Kind)}.\n{answer.Why}\n{Of(answer.Workaround)}",
        _ => throw new InvalidOperationException("There is no sixth answer."),
    };

    private static string Of(Workaround workaround)
        => workaround.Text is { } text ? $"Meanwhile: {text}" : "Meanwhile: no workaround is known.";

    private static string Of(Misalignment kind) => kind switch
    {
        Misalignment.PlannedSunset => "the feature is planned to be retired",
        Misalignment.WrongPath => "it would lead customers down the wrong path",
        Misalignment.CompetingProduct => "it integrates a competing product",
    };
}
