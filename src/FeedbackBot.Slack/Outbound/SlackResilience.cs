using System.Net;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace FeedbackBot.Slack.Outbound;

/// <summary>
/// What every call to Slack is under: an end, and a break while Slack does not answer. Never a second send: the outbox alone
/// decides that.
/// </summary>
internal sealed class SlackResilience(SlackPipeline pipeline) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        => await pipeline.Calls.ExecuteAsync(
            static async (state, token) => await state.Send(state.Request, token),
            (Request: request, Send: (Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>>)base.SendAsync),
            cancellationToken);
}

/// <summary>One for all handlers: the factory makes a new handler every few minutes, and what is known of Slack stays.</summary>
internal sealed class SlackPipeline(TimeProvider time)
{
    // A send must end within half of its lease, 15 seconds by default.
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(8);

    public ResiliencePipeline<HttpResponseMessage> Calls { get; } = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions<HttpResponseMessage>
        {
            // One failed call switches nothing off; most of ten within half a minute do, for a quarter of one.
            FailureRatio = 0.8,
            MinimumThroughput = 10,
            SamplingDuration = TimeSpan.FromSeconds(30),
            BreakDuration = TimeSpan.FromSeconds(15),
            ShouldHandle = new PredicateBuilder<HttpResponseMessage>()
                .Handle<HttpRequestException>()
                .Handle<TimeoutRejectedException>()
                .HandleResult(static response => response.StatusCode >= HttpStatusCode.InternalServerError),
        })
        .AddTimeout(LongestCall)
        .Build();
}
