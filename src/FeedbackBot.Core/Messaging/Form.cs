namespace FeedbackBot.Core.Messaging;

/// <summary>How a field is filled in.</summary>
public enum FieldType
{
    Text,
    TextArea,
    Select,
    MultiSelect,
    Url,
}

public sealed record FieldOption(string Value, string Label);

/// <summary>A field applies only while the field <paramref name="Field"/> holds one of <paramref name="Values"/>.</summary>
public sealed record FieldCondition(string Field, IReadOnlyList<string> Values);

/// <summary>
/// One field of a form. <paramref name="Required"/> counts while the field applies; <paramref name="MaxLength"/> is in
/// UTF-16 characters, at most 3,000 (Slack's limit for an input).
/// </summary>
public sealed record FormField(
    string Name,
    string Label,
    FieldType Type,
    bool Required = false,
    IReadOnlyList<FieldOption>? Options = null,
    string? Help = null,
    int MaxLength = FormField.LongestText,
    string? Value = null,
    FieldCondition? When = null)
{
    public const int LongestText = 3000;
}

/// <summary>What a person typed into a form, by field name; a multi-select has several values, every other field one.</summary>
public sealed class FormValues(IReadOnlyDictionary<string, IReadOnlyList<string>> values)
{
    public static FormValues Empty { get; } = new(new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal));

    public IReadOnlyDictionary<string, IReadOnlyList<string>> All { get; } = values;

    /// <summary>The field's trimmed text, empty if it was not filled in.</summary>
    public string Text(string name) => All.TryGetValue(name, out var found) && found.Count > 0 ? found[0].Trim() : "";
}

/// <summary>The checks that need no knowledge of what the form is for.</summary>
public static class FormCheck
{
    /// <summary>
    /// What is wrong with <paramref name="values"/>, by field name, in words for the person who typed them: unknown,
    /// oversized, missing, not an option, or filled in though it does not apply.
    /// </summary>
    public static IDictionary<string, string> Errors(IReadOnlyList<FormField> fields, FormValues values)
    {
        var errors = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in values.All.Keys)
        {
            if (!fields.Any(field => field.Name == name))
            {
                errors[name] = "This form has no such field.";
            }
        }

        foreach (var field in fields)
        {
            if (ErrorOf(field, values) is { } error)
            {
                errors[field.Name] = error;
            }
        }

        return errors;
    }

    private static string? ErrorOf(FormField field, FormValues values)
    {
        var given = values.All.TryGetValue(field.Name, out var found)
            ? found.Where(value => !string.IsNullOrWhiteSpace(value)).ToList()
            : [];
        if (field.When is { } when && !when.Values.Contains(values.Text(when.Field), StringComparer.Ordinal))
        {
            return given.Count == 0 ? null : "This does not belong to the chosen answer. Empty it or choose another answer.";
        }

        if (given.Count == 0)
        {
            return field.Required ? "Please fill this in." : null;
        }

        if (given.Count > 1 && field.Type != FieldType.MultiSelect)
        {
            return "Only one value fits here.";
        }

        foreach (var value in given)
        {
            if (value.Length > field.MaxLength)
            {
                return $"At most {field.MaxLength:N0} characters fit here; this is {value.Length:N0}.";
            }

            if (field.Options is { } options
                && !options.Any(option => option.Value == value))
            {
                return "Please choose one of the options.";
            }

            if (field.Type == FieldType.Url
                && !(Uri.TryCreate(value.Trim(), UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http"))
            {
                return "Please give a web address that begins with https://.";
            }
        }

        return null;
    }
}
