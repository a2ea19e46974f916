using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Requests;

namespace FeedbackBot.Core.Triage;

/// <summary>The form a product manager answers with, and the only way from what was typed to a <see cref="Response"/>.</summary>
public static class ResponseForm
{
    public const string Category = "category";
    private const string Where = "link";
    private const string How = "how";
    private const string Date = "date";
    private const string Planned = "planned";
    private const string Why = "why";
    private const string Threshold = "threshold";
    private const string Architecture = "constraint";
    private const string Kind = "kind";
    private const string WorkaroundField = "workaround";

    private static readonly string[] NoneKnown = ["none", "none known", "no workaround", "no workaround known", "there is none"];

    public static IReadOnlyList<FormField> Fields { get; } =
    [
        new(Category, "Your answer", FieldType.Select, Required: true, Options:
            [.. Enum.GetValues<ResponseCategory>().Select(category => new FieldOption(category.ToString(), Label(category)))]),
        new(Where, "Where is it?", FieldType.Url, Required: true, MaxLength: 500,
            Help: "A link the seller can pass on.", When: For(ResponseCategory.AlreadyExists)),
        new(How, "How does it solve this?", FieldType.TextArea, Required: true, When: For(ResponseCategory.AlreadyExists)),
        new(Date, "About when?", FieldType.Text, Required: true, MaxLength: 40,
            Help: "A month, quarter or half: March 2027, Q2 2027, H1 2027.", When: For(ResponseCategory.OnRoadmap)),
        new(Planned, "What is planned?", FieldType.TextArea, Required: true, When: For(ResponseCategory.OnRoadmap)),
        new(Kind, "What does it collide with?", FieldType.Select, Required: true, Options:
            [
                new(nameof(Misalignment.PlannedSunset), "The feature is planned to be retired"),
                new(nameof(Misalignment.WrongPath), "It leads customers down the wrong path"),
                new(nameof(Misalignment.CompetingProduct), "It integrates a competing product"),
            ], When: For(ResponseCategory.NotAligned)),
        new(Why, "Why?", FieldType.TextArea, Required: true,
            Help: "In words the customer can be told.", When: For(ResponseCategory.NotAPriority, ResponseCategory.NotAligned)),
        new(Threshold, "What would change that?", FieldType.Text, Required: true, MaxLength: 100,
            Help: "A number of customers or a sum at stake: 5 customers, EUR 500k.", When: For(ResponseCategory.NotAPriority)),
        new(Architecture, "Which architectural constraint makes it too costly?", FieldType.TextArea, Required: true,
            Help: "In words the customer can be told.", When: For(ResponseCategory.TooCostly)),
        new(WorkaroundField, "Workaround", FieldType.TextArea, Required: true,
            Help: "What the customer can do meanwhile, or \"none known\".",
            When: For(ResponseCategory.OnRoadmap, ResponseCategory.NotAPriority, ResponseCategory.TooCostly, ResponseCategory.NotAligned)),
    ];

    public static string Label(ResponseCategory category) => category switch
    {
        ResponseCategory.AlreadyExists => "Already exists",
        ResponseCategory.OnRoadmap => "On the roadmap",
        ResponseCategory.NotAPriority => "Not a priority",
        ResponseCategory.TooCostly => "Too costly to build",
        ResponseCategory.NotAligned => "Not aligned",
    };

    /// <summary>Makes the answer, or says by field what is missing or wrong.</summary>
    public static bool TryRead(
        FormValues values, [NotNullWhen(true)] out Response? response, out IReadOnlyDictionary<string, string> errors)
    {
        var found = FormCheck.Errors(Fields, values);
        response = null;
        var date = RoadmapDate.TryParse(values.Text(Date));
        var threshold = ReadThreshold(values.Text(Threshold));
        if (values.Text(Date).Length > 0 && date is null)
        {
            found.TryAdd(Date, "Please give a month, quarter or half, such as March 2027, Q2 2027 or H1 2027.");
        }

        if (values.Text(Threshold).Length > 0 && threshold is null)
        {
            found.TryAdd(Threshold, "Please give a number of customers or a sum, such as 5 customers or EUR 500k.");
        }

        errors = found.AsReadOnly();
        if (found.Count > 0)
        {
            return false;
        }

        response = Enum.Parse<ResponseCategory>(values.Text(Category)) switch
        {
            ResponseCategory.AlreadyExists => new Response.AlreadyExists(new Uri(values.Text(Where)), Text(values, How)),
            ResponseCategory.OnRoadmap => new Response.OnRoadmap(date!, Text(values, Planned), ReadWorkaround(values)),
            ResponseCategory.NotAPriority => new Response.NotAPriority(Text(values, Why), threshold!, ReadWorkaround(values)),
            ResponseCategory.TooCostly => new Response.TooCostly(Text(values, Architecture), ReadWorkaround(values)),
            ResponseCategory.NotAligned => new Response.NotAligned(
                Enum.Parse<Misalignment>(values.Text(Kind)), Text(values, Why), ReadWorkaround(values)),
        };
        return true;
    }

    private static FieldCondition For(params ResponseCategory[] categories)
        => new(Category, [.. categories.Select(category => category.ToString())]);

    private static string Text(FormValues values, string field) => PersonText.Clean(values.Text(field));

    private static Workaround ReadWorkaround(FormValues values)
    {
        var text = Text(values, WorkaroundField);
        return new Workaround(NoneKnown.Contains(text.TrimEnd('.', '!'), StringComparer.OrdinalIgnoreCase) ? null : text);
    }

    private static ReopenThreshold? ReadThreshold(string text)
    {
        var money = Money.FindIn(text);
        int? customers = null;
        foreach (var (word, next) in text.Split(' ').Zip([.. text.Split(' ').Skip(1), ""]))
        {
            if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number > 0
                && (next.StartsWith("customer", StringComparison.OrdinalIgnoreCase) || word == text))
            {
                customers = number;
            }
        }

        return customers is null && money is null ? null : new ReopenThreshold(customers, money);
    }
}
