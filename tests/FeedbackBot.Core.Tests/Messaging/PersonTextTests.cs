using FeedbackBot.Core.Messaging;
using Shouldly;
using Xunit;

namespace FeedbackBot.Core.Tests.Messaging;

public sealed class PersonTextTests
{
    [Theory]
    [InlineData("  plain  ", "plain")]
    [InlineData("a\r\nb\rc\nd", "a\nb\nc\nd")]
    [InlineData("a\tb", "a\tb")]
    [InlineData("a\0b\ac\u001b[0m\u007fd", "abc[0md")]
    [InlineData("a\u202Eb\u202Cc\u2066d\u2069e", "abcde")]
    [InlineData("שלום עולם", "שלום עולם")]
    [InlineData("a\u200Fb", "a\u200Fb")]
    [InlineData("👩‍💻 🏳️‍🌈", "👩‍💻 🏳️‍🌈")]
    [InlineData("<b>&amp;</b> *x*", "<b>&amp;</b> *x*")]
    [InlineData(" \n\t ", "")]
    [InlineData("\u200b\u2060\ufeff \u200d", "")]
    public void It_stays_what_was_written_less_what_no_reader_sees(string typed, string clean) => PersonText.Clean(typed).ShouldBe(clean);

    [Fact]
    public void Half_a_character_is_dropped_and_its_neighbours_stay()
    {
        PersonText.Clean(new string(['a', '\uD83D', 'b'])).ShouldBe("ab");
        PersonText.Clean(new string(['a', '\uDE00', 'b'])).ShouldBe("ab");
        PersonText.Clean(new string(['a', '\uD83D', '\uDE00', '\uD83D'])).ShouldBe("a😀");
    }

    [Theory]
    [InlineData("short", 10, "short")]
    [InlineData("exactly ten", 11, "exactly ten")]
    [InlineData("one two three", 10, "one two…")]
    [InlineData("abcdefghijkl", 10, "abcdefghi…")]
    [InlineData("one\ntwo", 10, "one two")]
    public void It_is_shortened_at_the_end_of_a_word(string text, int length, string shortened) => PersonText.Shorten(text, length).ShouldBe(shortened);

    [Fact]
    public void Shortening_never_cuts_a_character_in_half_and_never_exceeds_the_length()
    {
        var text = string.Concat(Enumerable.Repeat("😀", 40));
        for (var length = 2; length < 80; length++)
        {
            var shortened = PersonText.Shorten(text, length);
            shortened.Length.ShouldBeLessThanOrEqualTo(length);
            PersonText.Clean(shortened).ShouldBe(shortened);
        }
    }

    [Theory]
    [InlineData("First. Second.", "First")]
    [InlineData("Version 2.5 fails! Why?", "Version 2.5 fails")]
    [InlineData("A line\nAnother", "A line")]
    [InlineData("No end", "No end")]
    [InlineData(".NET fails. Badly.", ".NET fails")]
    public void The_first_sentence_ends_where_a_reader_would_say(string text, string first) => PersonText.FirstSentence(text, 100).ShouldBe(first);
}
