using FeedbackBot.Core.Assessment;
using Shouldly;
using Xunit;

namespace FeedbackBot.Core.Tests.Assessment;

public class VocabularyTests
{
    private const string Classes = """
        @abbreviation = art
        @conjunction = but
        @currency = euro
        @contraction = dont
        @numberValue = two:2
        @english = the
        @foreign = der
        @plainAcronym = api
        @reporting = asked!
        @thing = server

        """;

    [Fact]
    public void Every_shipped_group_says_why_it_is_there()
    {
        Vocabulary.Shipped.Groups.Count.ShouldBeGreaterThan(50);
        Vocabulary.Shipped.Groups.ShouldAllBe(g => g.Reason.EndsWith('.') && g.Targets.Count + g.Refutes.Count > 0);
        Vocabulary.Shipped.Groups.Select(g => g.Name).Distinct(StringComparer.Ordinal).Count().ShouldBe(Vocabulary.Shipped.Groups.Count);
    }

    [Theory]
    [InlineData("keep .. log", "we keep the full log", true)]
    [InlineData("keep .. log", "keep a b c d log", false)]
    [InlineData("keep ... log", "keep a b c d log", true)]
    [InlineData("keep log", "keep. Log", false)]
    [InlineData("keep log", "keep, log", false)]
    [InlineData("keep ?full log", "keeping full logs", true)]
    [InlineData("keep ?full log", "kept the log", false)]
    [InlineData("^ keep", "we keep", false)]
    [InlineData("^ keep", "well, keep it", true)]
    [InlineData("^ the .. log", "the very old log", true)]
    [InlineData("tried!", "try", false)]
    [InlineData("tried!", "Tried it", true)]
    [InlineData("SEC", "15 sec", false)]
    [InlineData("SEC", "the SEC asks", true)]
    [InlineData("@number @currency", "39 euros", true)]
    [InlineData("@money", "€39", true)]
    [InlineData("@money", "39 rows", false)]
    [InlineData("@code", "control SC-12", true)]
    [InlineData("@code", "rule 10.2.3 says", true)]
    [InlineData("@code", "version 10.2", false)]
    [InlineData("do not", "they don't", true)]
    [InlineData("do not", "they dont", true)]
    [InlineData("infrastructure", "infrastucture", true)]
    [InlineData("compliance", "complaince", true)]
    [InlineData("compliance", "complacent", false)]
    public void A_pattern_matches_words_gaps_anchors_forms_and_shapes(string pattern, string text, bool matches)
    {
        var vocabulary = Vocabulary.Parse(("test", new StringReader($"{Classes}[group] issue 1 : A reason.\n{pattern}\n")));

        vocabulary.FindAll(Tokenizer.Run(vocabulary, text)).Count.ShouldBe(matches ? 1 : 0);
    }

    [Theory]
    [InlineData("[group] issue 1\nword", "line")]
    [InlineData("[group] nowhere 1 : A reason.\nword", "line")]
    [InlineData("[group] issue many : A reason.\nword", "line")]
    [InlineData("word", "line")]
    [InlineData("[group] issue 1 : A reason.\n.. word", "must start")]
    [InlineData("[group] issue 1 : A reason.\n@unheard", "@unheard")]
    public void A_mistake_in_a_file_is_named(string content, string message) =>
        Should.Throw<InvalidDataException>(() => Vocabulary.Parse(("test", new StringReader($"{Classes}{content}\n"))))
            .Message.ShouldContain(message);
}
