using System.ComponentModel.DataAnnotations;
using FeedbackBot.Core.Assessment;
using FeedbackBot.Core.Messaging;

namespace FeedbackBot.Core;

/// <summary>Options of the product itself, section <c>FeedbackBot</c>.</summary>
public sealed class FeedbackBotOptions
{
    private const string WrongTenant = "FeedbackBot:Tenant takes 1 to 60 letters, digits and dashes.";

    /// <summary>
    /// The deployment's name, the partition of all its rows: one company, whatever workspaces and platforms it uses.
    /// Letters, digits and dashes, at most 60.
    /// </summary>
    [Required(AllowEmptyStrings = true, ErrorMessage = WrongTenant)]
    [MinLength(1, ErrorMessage = WrongTenant)]
    [RegularExpression("^[A-Za-z0-9-]{1,60}$", ErrorMessage = WrongTenant)]
    public string Tenant { get; set; } = "default";

    /// <summary>The product areas and where each is triaged. The first one takes what fits no other.</summary>
    public IList<ProductAreaOptions> Areas { get; } = [];

    /// <summary>The level below which feedback reaches the product team only with a stated reason.</summary>
    public FeedbackLevel MinimumLevel { get; set; } = FeedbackLevel.Level300;

    /// <summary>A conversation that nobody went on with for so long ends, with a notice. Days, 1 to 365.</summary>
    [Range(1, 365, ErrorMessage = "FeedbackBot:ConversationDays takes 1 to 365.")]
    public int ConversationDays { get; set; } = 14;

    /// <summary>A seller who kept a draft is reminded of it once, after so many days. 1 to 60.</summary>
    [Range(1, 60, ErrorMessage = "FeedbackBot:ReminderDays takes 1 to 60.")]
    public int ReminderDays { get; set; } = 3;

    /// <summary>
    /// Who may say in chat which channel is an area's triage channel: a platform and the person's id there, such as
    /// <c>slack:U0123ABCD</c>. Nobody, if there are none.
    /// </summary>
    public IList<string> Owners { get; } = [];

    public WorkOptions Work { get; } = new();

    /// <summary>Whether a person is one of <see cref="Owners"/>.</summary>
    public bool IsOwner(PersonReference person) => Owners.Contains($"{person.Platform}:{person.PersonId}", StringComparer.Ordinal);
}

/// <summary>A product area with its triage channel.</summary>
public sealed class ProductAreaOptions
{
    [Required(ErrorMessage = "Every product area needs a Name.")]
    [MaxLength(60, ErrorMessage = "The Name of a product area has at most 60 characters.")]
    public string Name { get; set; } = "";

    [Required(ErrorMessage = "Every product area needs a TriagePlatform, such as 'playground' or 'slack'.")]
    public string TriagePlatform { get; set; } = "";

    /// <summary>The Slack team or the Microsoft 365 tenant of the triage channel.</summary>
    public string TriageWorkspace { get; set; } = "";

    [Required(ErrorMessage = "Every product area needs a TriageChannel, the platform's id of the channel.")]
    public string TriageChannel { get; set; } = "";
}

/// <summary>How stored work is worked off. The defaults suit production; tests shorten them.</summary>
public sealed class WorkOptions
{
    /// <summary>How long a worker keeps a lane without a sign of life, seconds. A send must end within half of it.</summary>
    [Range(1, 600, ErrorMessage = "FeedbackBot:Work:LeaseSeconds takes 1 to 600.")]
    public double LeaseSeconds { get; set; } = 30;

    /// <summary>How often to look for work that another instance left or stored, seconds.</summary>
    [Range(0.05, 60, ErrorMessage = "FeedbackBot:Work:PollSeconds takes 0.05 to 60.")]
    public double PollSeconds { get; set; } = 1;

    /// <summary>How many lanes are worked on at a time, in each direction.</summary>
    [Range(1, 256, ErrorMessage = "FeedbackBot:Work:Concurrency takes 1 to 256.")]
    public int Concurrency { get; set; } = 16;

    /// <summary>How often an event is tried before it is set aside.</summary>
    [Range(1, 100, ErrorMessage = "FeedbackBot:Work:EventAttempts takes 1 to 100.")]
    public int EventAttempts { get; set; } = 8;

    /// <summary>How often a send is tried before it becomes a dead letter.</summary>
    [Range(1, 100, ErrorMessage = "FeedbackBot:Work:SendAttempts takes 1 to 100.")]
    public int SendAttempts { get; set; } = 20;

    /// <summary>The longest wait between two tries, seconds.</summary>
    [Range(1, 86_400, ErrorMessage = "FeedbackBot:Work:LongestBackoffSeconds takes 1 to 86400.")]
    public double LongestBackoffSeconds { get; set; } = 300;
}
