using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace FeedbackBot.Benchmarks.Matching;

/// <summary>SQLite's own full-text search over the same texts, in memory, ordered by its <c>bm25()</c>.</summary>
internal sealed class SqliteFullText : ISearch
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _find;

    public SqliteFullText(List<BenchmarkTexts.Item> texts)
    {
        SQLitePCL.Batteries_V2.Init();
        var start = Stopwatch.GetTimestamp();
        _connection = new SqliteConnection("Data Source=:memory:");
        _connection.Open();
        using var create = new SqliteCommand(
            "CREATE VIRTUAL TABLE texts USING fts5(title, body, id UNINDEXED, created UNINDEXED, tokenize = 'porter unicode61')", _connection);
        create.ExecuteNonQuery();
        using (var transaction = _connection.BeginTransaction())
        {
            texts.ForEach(text => Insert(text, transaction));
            transaction.Commit();
        }

        BuildTime = Stopwatch.GetElapsedTime(start);
        _find = new SqliteCommand(
            "SELECT id FROM texts WHERE texts MATCH $words AND created < $before AND id <> $id ORDER BY bm25(texts, 2.0, 1.0) LIMIT 5", _connection);
        _find.Parameters.Add("$words", SqliteType.Text);
        _find.Parameters.Add("$before", SqliteType.Integer);
        _find.Parameters.Add("$id", SqliteType.Text);
    }

    public string Name => "SQLite FTS5 bm25";

    public TimeSpan BuildTime { get; }

    public IReadOnlyList<string> Find(BenchmarkTexts.Query query)
    {
        _find.Parameters["$words"].Value = string.Join(" OR ", query.Words.Select(word => $"\"{word}\""));
        _find.Parameters["$before"].Value = query.Created.UtcTicks;
        _find.Parameters["$id"].Value = query.Id;
        var found = new List<string>();
        using var reader = _find.ExecuteReader();
        while (reader.Read())
        {
            found.Add(reader.GetString(0));
        }

        return found;
    }

    public void Add(BenchmarkTexts.Item text) => Insert(text, null);

    public void Dispose()
    {
        _find.Dispose();
        _connection.Dispose();
    }

    private void Insert(BenchmarkTexts.Item text, SqliteTransaction? transaction)
    {
        using var insert = new SqliteCommand("INSERT INTO texts (title, body, id, created) VALUES ($title, $body, $id, $created)", _connection, transaction);
        insert.Parameters.AddWithValue("$title", text.Title);
        insert.Parameters.AddWithValue("$body", text.Body);
        insert.Parameters.AddWithValue("$id", text.Id);
        insert.Parameters.AddWithValue("$created", text.Created.UtcTicks);
        insert.ExecuteNonQuery();
    }
}
