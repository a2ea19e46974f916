namespace FeedbackBot.Teams;

/// <summary>How the bot signs in to Microsoft Teams, section <c>Teams</c>. Nothing set: this deployment has no Teams.</summary>
public sealed class TeamsOptions
{
    /// <summary>The bot's Microsoft Entra application id, a GUID (https://learn.microsoft.com/azure/bot-service/bot-service-quickstart-registration).</summary>
    public string? AppId { get; set; }

    /// <summary>The Microsoft Entra tenant of the application, a GUID.</summary>
    public string? TenantId { get; set; }
}
