using System.Net;
using Microsoft.Data.Sqlite;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Flows;

/// <summary>The store cannot write: people hear so, nothing is shown as taken, and all goes on when it can.</summary>
public sealed class StoreTroubleTests
{
    [Fact]
    public async Task While_another_process_holds_the_database_people_are_told_and_afterwards_everything_goes_on()
    {
        await using var host = await RunningHost.StartAsync("--Storage:BusyTimeout=00:00:01");
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        var asked = await client.AskedAsync(thread, "SpecificIssue");
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(host.Data, "feedbackbot.db")};Pooling=False;Default Timeout=30"))
        {
            await connection.OpenAsync();
            await ExecuteAsync(connection, "BEGIN EXCLUSIVE");
            var before = (await client.AllAsync()).Count;
            foreach (var answer in await Task.WhenAll(
                client.TryPostAsync("messages", new { eventId = "e-1", user = "sofia", channel = "sellers", text = "Northwind is stuck." }),
                client.TryPostAsync("messages", new { eventId = "e-2", user = "pm-ana", channel = "triage", text = "Morning!" }),
                client.TryPressAsync("sam", asked.Id, "skip", eventId: "e-3")))
            {
                answer.Status.ShouldBe(503);
                answer.Error().ShouldContain("was not taken");
            }

            (await client.AllAsync()).Count.ShouldBe(before);
            using var ready = await client.Http.GetAsync(new Uri("/health/live", UriKind.Relative));
            ready.StatusCode.ShouldBe(HttpStatusCode.OK);
            await ExecuteAsync(connection, "ROLLBACK");
        }

        // The same events again, as a page does that kept the text.
        var second = await client.SayAsync("sofia", "Northwind is stuck.", eventId: "e-1");
        await client.AskedAsync(second, "SpecificIssue");
        (await client.TryPressAsync("sam", asked.Id, "skip", eventId: "e-3")).Status.ShouldBe(202);
        await client.AskedAsync(thread, "Cause");
        (await client.AllAsync()).Count(message => message.Text == "Northwind is stuck.").ShouldBe(1);
    }

    private static async Task ExecuteAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Two literals of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
