namespace FeedbackBot.Core.Assessment;

/// <summary>How actionable feedback is, from a bare demand to something a product team can act on.</summary>
public enum FeedbackLevel
{
    /// <summary>Neither a specific issue nor a constraint.</summary>
    Level100 = 100,

    /// <summary>A specific issue or a constraint.</summary>
    Level200 = 200,

    /// <summary>Both.</summary>
    Level300 = 300,

    /// <summary>Both, with evidence, and with an alternative that fails or a quantified impact.</summary>
    Level400 = 400,
}
