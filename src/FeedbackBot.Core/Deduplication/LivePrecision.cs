using System.Globalization;
using System.Text;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Core.Deduplication;

/// <summary>How often people said that what they were offered is the same, by band: from the stored labels.</summary>
public sealed class LivePrecision
{
    private const int PageSize = 500;

    private readonly Dictionary<MatchBand, (int Same, int NotTheSame)> _bands = [];

    private LivePrecision()
    {
    }

    /// <summary>Counts the stored labels; one that was taken back counts for nothing.</summary>
    public static async Task<LivePrecision> OfAsync(IStore store, LaneQueues lanes, CancellationToken cancellationToken)
    {
        var precision = new LivePrecision();
        await foreach (var label in store.ScanAsync<MatchLabel>(lanes.Tenant, MatchLabel.Prefix, PageSize, cancellationToken))
        {
            if (label.Value is { Band: { } band, IsSame: { } isSame })
            {
                var (same, not) = precision.CountsOf(band);
                precision._bands[band] = isSame ? (same + 1, not) : (same, not + 1);
            }
        }

        return precision;
    }

    /// <summary>How many of a band were said to be the same, and how many not.</summary>
    public (int Same, int NotTheSame) CountsOf(MatchBand band) => _bands.GetValueOrDefault(band);

    public override string ToString()
    {
        var text = new StringBuilder("what people said of what they were offered\nband       same  not the same  precision\n");
        foreach (var band in (MatchBand[])[MatchBand.Certain, MatchBand.Possible])
        {
            var (same, not) = CountsOf(band);
            var precision = same + not == 0 ? "-" : (same / (double)(same + not)).ToString("F3", CultureInfo.InvariantCulture);
            text.AppendLine(CultureInfo.InvariantCulture, $"{MatchLines.NameOf(band),-9} {same,5}  {not,12}  {precision,9}");
        }

        return text.ToString();
    }
}
