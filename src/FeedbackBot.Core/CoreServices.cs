using FeedbackBot.Core.Catalogue;
using FeedbackBot.Core.Commands;
using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Triage;
using Microsoft.Extensions.DependencyInjection;

namespace FeedbackBot.Core;

/// <summary>Registers the product; the caller brings an <see cref="Storage.IStore"/>, platforms and options.</summary>
public static class CoreServices
{
    public static IServiceCollection AddFeedbackBotCore(this IServiceCollection services) => services
        .AddSingleton<LaneQueues>()
        .AddSingleton<ChatPlatforms>()
        .AddSingleton<InboxIntake>()
        .AddSingleton<InboxRouter>()
        .AddSingleton<InboxProcessor>()
        .AddSingleton<OutboxDispatcher>()
        .AddSingleton<DeadLetters>()
        .AddSingleton<AnswerCatalogue>()
        .AddSingleton<RequestIndex>()
        .AddSingleton<CommandHandler>()
        .AddSingleton<ConversationHandler>()
        .AddSingleton<SubmitFeedback>()
        .AddSingleton<TriageCards>()
        .AddSingleton<TriageChannels>()
        .AddSingleton<RecordResponse>()
        .AddSingleton<RecordOutcome>()
        .AddSingleton<MergeRequests>()
        .AddSingleton<LaneWorker>()
        .AddHostedService(static services => services.GetRequiredService<LaneWorker>())
        .AddHostedService<CatalogueFollower>();
}
