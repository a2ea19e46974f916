using System.Globalization;
using FeedbackBot.Core.Deduplication;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace FeedbackBot.Core.Tests.Deduplication;

/// <summary>Paraphrases, spellings, abbreviations, negations and near misses: the figures stand in docs/matching.md.</summary>
public sealed class OwnPairsTests(ITestOutputHelper output)
{
    [Fact]
    public void There_are_at_least_sixty_pairs() => OwnPair.All.Count.ShouldBeGreaterThanOrEqualTo(60);

    [Theory]
    [InlineData("paraphrase", 0.85)]
    [InlineData("spelling", 1)]
    [InlineData("abbreviation", 0.9)]
    [InlineData("negation", 1)]
    public void The_same_need_in_other_words_comes_first(string kind, double share)
    {
        using var index = OwnPair.Index();
        var pairs = OwnPair.All.Where(pair => pair.Kind == kind).ToList();
        var first = 0;
        var shown = 0;
        foreach (var pair in pairs)
        {
            var found = OwnPair.Find(index, pair.Asked);
            var isFirst = found.Count > 0 && found[0].Id == pair.Stored;
            first += isFirst ? 1 : 0;
            shown += found.Take(3).Any(match => match.Id == pair.Stored && match.Band != MatchBand.New) ? 1 : 0;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(isFirst ? "ok  " : "MISS")} {pair.Asked} -> {string.Join(" | ", found.Take(2).Select(match => $"{match.Id} {match.Score:F2} {match.Band}"))}"));
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind}: {first} of {pairs.Count} first, {shown} shown"));
        first.ShouldBeGreaterThanOrEqualTo((int)(share * pairs.Count));
    }

    [Fact]
    public void Another_need_of_the_same_area_is_never_certain()
    {
        using var index = OwnPair.Index();
        var shown = 0;
        foreach (var pair in OwnPair.All.Where(pair => pair.Kind == "near"))
        {
            var found = OwnPair.Find(index, pair.Asked);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{pair.Asked} -> {string.Join(" | ", found.Take(2).Select(match => $"{match.Id} {match.Score:F2} {match.Band}"))}"));
            found.ShouldNotContain(match => match.Band == MatchBand.Certain, pair.Asked);
            shown += found.Any(match => match.Id == pair.Stored && match.Band == MatchBand.Possible) ? 1 : 0;
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"near: {shown} listed as possible"));
    }
}
