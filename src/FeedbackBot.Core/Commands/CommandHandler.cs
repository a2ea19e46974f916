using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Triage;

namespace FeedbackBot.Core.Commands;

/// <summary>Answers what people ask for by name, and fills the page that each has with the bot.</summary>
public sealed class CommandHandler(RequestIndex index, TriageChannels channels)
{
    /// <summary>So many of a seller's submissions are listed, the newest.</summary>
    public const int MostShown = 10;

    // The index is read from the oldest on; of somebody who relayed more than so many, the newest of these are shown.
    private const int MostRead = 1000;

    // A screen of a phone.
    private const int MostFound = 5;

    public async Task HandleAsync(InboxEvent.CommandGiven given, Turn turn, CancellationToken cancellationToken)
    {
        // What a person relayed is theirs: wherever they ask, it is shown to nobody else. What is known may be seen by everyone.
        var self = new Destination.Person(given.Person);
        switch (given.Command.Name)
        {
            case CommandName.Help:
                turn.Send("command", self, new OutboundMessage.Notice(Wording.Help));
                break;
            case CommandName.Mine:
                turn.Send("command", self, await OwnFeedbackAsync(given.Person, turn, cancellationToken));
                break;
            case CommandName.Search:
                turn.Send("command", new Destination.Reply(given.Thread), Found(given.Command.About));
                break;
            case CommandName.TriageHere:
                await channels.ChooseAsync(given, turn, cancellationToken);
                break;
        }
    }

    /// <summary>Says once what to do next: to a channel that the bot was added to, or to a person who looks at it for the first time.</summary>
    public static Task HandleAsync(InboxEvent.Welcomed welcomed, Turn turn)
    {
        turn.Send(
            "welcome",
            welcomed.InChannel ? new Destination.NewThread(welcomed.Thread.Channel) : new Destination.Person(welcomed.Person),
            new OutboundMessage.Notice(welcomed.InChannel ? Wording.WelcomeToChannel : Wording.WelcomeInPerson));
        return Task.CompletedTask;
    }

    public static async Task HandleAsync(InboxEvent.HomeOpened opened, Turn turn, CancellationToken cancellationToken)
        => turn.Send("home", new Destination.Home(opened.Person), await OwnFeedbackAsync(opened.Person, turn, cancellationToken));

    private OutboundMessage Found(string about)
    {
        var found = index.Search(about, MostFound);
        return about.Length == 0 ? new OutboundMessage.Notice(Wording.SearchForWhat)
            : found.Count == 0
            ? new OutboundMessage.Notice(Wording.NothingFound(about))
            : new OutboundMessage.Candidates(Wording.Found(about), found);
    }

    private static async Task<OutboundMessage> OwnFeedbackAsync(PersonReference person, Turn turn, CancellationToken cancellationToken)
    {
        var links = await turn.PageAsync<SubmissionLink>(SubmissionLink.SellerPrefix(person), null, MostRead, cancellationToken);
        var items = new List<OwnFeedbackItem>();
        foreach (var link in links.Reverse().Take(MostShown))
        {
            var submission = (await turn.GetAsync<Submission>(Submission.Row(link.Value.Id), cancellationToken)).Value;
            var request = (await turn.RootAsync(submission.Request, cancellationToken)).Value;
            var answer = request.Response;
            items.Add(new OwnFeedbackItem(
                request.Id,
                request.Title,
                submission.Customer,
                submission.Level,
                submission.SubmittedAt,
                request.Status,
                answer?.Answer,
                answer is not null && submission.OutcomeOf == answer.Id ? submission.Outcome : Outcome.None,
                submission.Thread));
        }

        return new OutboundMessage.OwnFeedback(items, links.Count > items.Count);
    }
}
