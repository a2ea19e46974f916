using System.Text.Json;
using FeedbackBot.Core.Deduplication;
using Shouldly;
using Xunit;

namespace FeedbackBot.Core.Tests.Deduplication;

public sealed class MatchLinesTests
{
    private static readonly string[] Lines =
    [
        """{"id":"a","product":"north","created":"2026-01-01 10:00","text":"Label printers lose their queue\nIn two warehouses."}""",
        """{"id":"b","product":"north","created":"2026-01-02 10:00","text":"Invoices need another currency"}""",
        "",
        """{"id":"c","product":"north","created":"2026-01-03 10:00","text":"The queue of label printers is lost"}""",
        """{"id":"d","product":"south","created":"2026-01-03 10:00","text":"The queue of label printers is lost"}""",
    ];

    [Fact]
    public void A_query_finds_what_its_product_had_before_it_and_not_itself()
    {
        using var corpus = MatchCorpus.Read(Lines);
        corpus.Errors.ShouldBeEmpty();
        var answer = JsonElement.Parse(MatchLines.Match(corpus, [Lines[3]], 10).Single());
        answer.GetProperty("query").GetString().ShouldBe("c");
        var candidate = answer.GetProperty("candidates").EnumerateArray().Single();
        candidate.GetProperty("id").GetString().ShouldBe("a");
        candidate.GetProperty("score").GetDouble().ShouldBeInRange(0, 1);
        candidate.GetProperty("band").GetString().ShouldBeOneOf("certain", "possible", "new");
        candidate.GetProperty("because").EnumerateArray().Select(word => word.GetString()).ShouldBe(["queue of label printers"]);
    }

    [Fact]
    public void A_query_without_product_and_time_finds_everything()
    {
        using var corpus = MatchCorpus.Read(Lines);
        var answer = JsonElement.Parse(MatchLines.Match(corpus, ["""{"id":"x","text":"label printers lose the queue"}"""], 10).Single());
        answer.GetProperty("candidates").EnumerateArray().Select(one => one.GetProperty("id").GetString()).ShouldBe(["a", "c", "d"], ignoreOrder: true);
    }

    [Fact]
    public void What_cannot_be_read_is_said_with_its_line_and_the_rest_goes_on()
    {
        using var corpus = MatchCorpus.Read([Lines[0], "{", """{"id":"a","text":"again"}""", """{"id":"z","text":"t","created":"soon"}"""]);
        corpus.Count.ShouldBe(1);
        corpus.Errors.Select(error => error.Split(':')[0]).ShouldBe(["line 2", "line 3", "line 4"]);
        var answers = MatchLines.Match(corpus, ["nonsense", """{"id":"q","text":"label printers"}"""], 3).ToList();
        JsonElement.Parse(answers[0]).GetProperty("line").GetInt32().ShouldBe(1);
        JsonElement.Parse(answers[1]).GetProperty("candidates").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public void Marked_pairs_are_measured_and_what_is_wrong_with_them_is_said()
    {
        using var corpus = MatchCorpus.Read(Lines);
        var evaluation = DuplicateEvaluation.Of(corpus, ["c\ta", "c\tnobody", "one column"], ["b", "nothing"]);
        evaluation.Queries.ShouldBe(1);
        evaluation.RecallAt(1).ShouldBe(1);
        evaluation.MeanReciprocalRank.ShouldBe(1);
        evaluation.Errors.Count.ShouldBe(3);
        evaluation.ToString().ShouldContain("queries 1 with a marked duplicate, 1 without");
    }

    [Fact]
    public void The_shipped_weights_are_what_reading_and_writing_them_leaves()
    {
        using var writer = new StringWriter();
        MatchingWeights.Shipped.Write(writer, "comment");
        using var reader = new StringReader(writer.ToString());
        var again = MatchingWeights.Parse(reader);
        again.Ranking.ShouldBe(MatchingWeights.Shipped.Ranking);
        again.Certainty.ShouldBe(MatchingWeights.Shipped.Certainty);
        (again.CertainFrom, again.PossibleFrom).ShouldBe((MatchingWeights.Shipped.CertainFrom, MatchingWeights.Shipped.PossibleFrom));
    }
}
