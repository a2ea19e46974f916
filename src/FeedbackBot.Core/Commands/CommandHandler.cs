using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Triage;

namespace FeedbackBot.Core.Commands;

/// <summary>Answers what people ask for by name, and fills the page that each has with the bot.</summary>
public sealed class CommandHandler(RequestIndex index)
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
        var answer = given.Command.Name switch
        {
            CommandName.Help => new OutboundMessage.Notice(Wording.Help),
            CommandName.Mine => await OwnFeedbackAsync(given.Person, turn, cancellationToken),
            CommandName.Search => Found(given.Command.About),
        };
        var isForAll = given.Command.Name == CommandName.Search;
        turn.Send("command", isForAll ? new Destination.Reply(given.Thread) : new Destination.Person(given.Person), answer);
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
