namespace FeedbackBot.Core.Requests;

/// <summary>The four kinds of underlying reason that block a customer, as docs and people name them.</summary>
public enum Constraint
{
    /// <summary>Price, budget, licence or running cost.</summary>
    Cost,

    /// <summary>Law, standard, contract, audit or internal policy.</summary>
    Compliance,

    /// <summary>The current technical environment or architecture.</summary>
    Infrastructure,

    /// <summary>People, skills, organisation and process.</summary>
    People,
}
