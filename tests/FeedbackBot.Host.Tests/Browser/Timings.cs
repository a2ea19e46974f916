using System.Globalization;
using Xunit;

namespace FeedbackBot.Host.Tests.Browser;

/// <summary>Tests that measure time run when everything else is through, one after the other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Timings
{
    public const string Name = nameof(Timings);

    internal static double Median(IEnumerable<double> values) => At(values, 0.5);

    /// <summary>What nine of ten stay below; the tenth may be the machine's.</summary>
    internal static double NineOfTen(IEnumerable<double> values) => At(values, 0.9);

    internal static string Describe(IReadOnlyCollection<double> values)
        => string.Create(
            CultureInfo.InvariantCulture,
            $"median {Median(values):F1} ms, 95 % below {At(values, 0.95):F1} ms, most {values.Max():F1} ms, of {values.Count}");

    private static double At(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted[(int)(share * (sorted.Count - 1))];
    }
}
