using FeedbackBot.Core.Messaging;
using Shouldly;
using Xunit;

namespace FeedbackBot.Core.Tests.Messaging;

public sealed class FormCheckTests
{
    private static readonly FormField[] Fields =
    [
        new("kind", "Kind", FieldType.Select, Required: true, Options: [new("a", "A"), new("b", "B")]),
        new("name", "Name", FieldType.Text, Required: true, MaxLength: 5, When: new FieldCondition("kind", ["a"])),
        new("link", "Link", FieldType.Url, When: new FieldCondition("kind", ["a"])),
        new("many", "Many", FieldType.MultiSelect, Options: [new("x", "X"), new("y", "Y")]),
    ];

    [Theory]
    [InlineData("kind=a;name=12345")]
    [InlineData("kind=a;name=1;link=https://docs.example/a?b=c;many=x;many=y")]
    [InlineData("kind=b")]
    [InlineData("kind=b;name=;link=  ")]
    public void What_is_complete_has_no_errors(string typed) => FormCheck.Errors(Fields, Values(typed)).ShouldBeEmpty();

    [Theory]
    [InlineData("", "kind", "Please fill this in.")]
    [InlineData("kind=  ", "kind", "Please fill this in.")]
    [InlineData("kind=c", "kind", "Please choose one of the options.")]
    [InlineData("kind=b;kind=a", "kind", "Only one value fits here.")]
    [InlineData("kind=a", "name", "Please fill this in.")]
    [InlineData("kind=a;name=123456", "name", "At most 5 characters fit here; this is 6.")]
    [InlineData("kind=b;name=1", "name", "This does not belong to the chosen answer.")]
    [InlineData("kind=a;name=1;link=docs", "link", "Please give a web address")]
    [InlineData("kind=a;name=1;link=javascript:alert(1)", "link", "Please give a web address")]
    [InlineData("kind=a;name=1;link=file:///etc/passwd", "link", "Please give a web address")]
    [InlineData("kind=b;many=x;many=z", "many", "Please choose one of the options.")]
    [InlineData("kind=b;other=1", "other", "This form has no such field.")]
    [InlineData("kind=b;Kind=b", "Kind", "This form has no such field.")]
    public void What_is_wrong_is_said_field_by_field(string typed, string field, string words)
    {
        var errors = FormCheck.Errors(Fields, Values(typed));
        errors.Keys.ShouldBe([field]);
        errors[field].ShouldStartWith(words);
    }

    [Fact]
    public void Everything_wrong_is_said_at_once()
        => FormCheck.Errors(Fields, Values("kind=a;link=x;many=z;other=1")).Keys.ShouldBe(["other", "name", "link", "many"], ignoreOrder: true);

    private static FormValues Values(string typed)
        => new(typed.Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .GroupBy(pair => pair[0], pair => pair[1], StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => (IReadOnlyList<string>)[.. group], StringComparer.Ordinal));
}
