using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Npgsql;
using NpgsqlTypes;

namespace FeedbackBot.Benchmarks.Matching;

/// <summary>One way to search texts with PostgreSQL: a table of its own with one index, and one prepared query on one connection.</summary>
internal sealed class PostgresSearch : ISearch
{
    private readonly Way _way;
    private readonly NpgsqlConnection _connection;
    private NpgsqlCommand? _find;

    private PostgresSearch(Way way, NpgsqlConnection connection)
    {
        _way = way;
        _connection = connection;
    }

    /// <summary>
    /// Words in a GIN index: the query's joined by OR, by <c>ts_rank</c> with a title counted twice and divided by the length's
    /// logarithm, which found more than without and than <c>ts_rank_cd</c>.
    /// </summary>
    public static Way FullText { get; } = new(
        "PostgreSQL ts_rank, GIN",
        "CREATE TABLE by_words (title text, body text, id text, created bigint, words tsvector GENERATED ALWAYS AS "
            + "(setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', body), 'D')) STORED)",
        "by_words",
        "CREATE INDEX ON by_words USING gin (words)",
        "SELECT id FROM by_words, to_tsquery('english', $1) query WHERE words @@ query AND created < $2 AND id <> $3 "
            + "ORDER BY ts_rank('{0.5, 0.5, 0.5, 1}', words, query, 1) DESC LIMIT 5",
        query => string.Join(" | ", query.Words));

    /// <summary>
    /// Trigrams in a GiST index, the nearest texts. A GIN index cannot order, and the texts that share trigrams with 60 words are
    /// most of them, so <c>similarity</c> of its default of .3 and above took it ten times as long and found less.
    /// </summary>
    public static Way Trigrams { get; } = new(
        "PostgreSQL pg_trgm, GiST",
        "CREATE TABLE by_trigrams (title text, body text, id text, created bigint)",
        "by_trigrams",
        "CREATE INDEX ON by_trigrams USING gist ((title || ' ' || body) gist_trgm_ops (siglen = 256))",
        "SELECT id FROM by_trigrams WHERE created < $2 AND id <> $3 ORDER BY (title || ' ' || body) <-> $1 LIMIT 5",
        query => query.Text);

    public string Name => _way.Name;

    public TimeSpan BuildTime { get; private set; }

    /// <summary>The table with the text and its index, on disk.</summary>
    public long BytesEach { get; private set; }

    public static async Task<PostgresSearch> BuildAsync(PostgresServer server, Way way, List<BenchmarkTexts.Item> texts)
    {
        var search = new PostgresSearch(way, await server.Source.OpenConnectionAsync());
        await search.FillAsync(texts);
        return search;
    }

    public IReadOnlyList<string> Find(BenchmarkTexts.Query query)
    {
        _find ??= PreparedFind();
        _find.Parameters[0].Value = _way.Ask(query);
        _find.Parameters[1].Value = query.Created.UtcTicks;
        _find.Parameters[2].Value = query.Id;
        var found = new List<string>();
        using var reader = _find.ExecuteReader();
        while (reader.Read())
        {
            found.Add(reader.GetString(0));
        }

        return found;
    }

    [SuppressMessage("Security", "CA2100", Justification = "Constant statements of this class.")]
    public void Add(BenchmarkTexts.Item text)
    {
        using var insert = new NpgsqlCommand($"INSERT INTO {_way.Table} (title, body, id, created) VALUES ($1, $2, $3, $4)", _connection);
        insert.Parameters.Add(new NpgsqlParameter { Value = text.Title });
        insert.Parameters.Add(new NpgsqlParameter { Value = text.Body });
        insert.Parameters.Add(new NpgsqlParameter { Value = text.Id });
        insert.Parameters.Add(new NpgsqlParameter { Value = text.Created.UtcTicks });
        insert.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _find?.Dispose();
        _connection.Dispose();
    }

    private async Task FillAsync(List<BenchmarkTexts.Item> texts)
    {
        await RunAsync("CREATE EXTENSION IF NOT EXISTS pg_trgm");
        var start = Stopwatch.GetTimestamp();
        await RunAsync(_way.CreateTable);
        await using (var copy = await _connection.BeginBinaryImportAsync($"COPY {_way.Table} (title, body, id, created) FROM STDIN (FORMAT binary)"))
        {
            foreach (var text in texts)
            {
                await copy.StartRowAsync();
                await copy.WriteAsync(text.Title, NpgsqlDbType.Text);
                await copy.WriteAsync(text.Body, NpgsqlDbType.Text);
                await copy.WriteAsync(text.Id, NpgsqlDbType.Text);
                await copy.WriteAsync(text.Created.UtcTicks, NpgsqlDbType.Bigint);
            }

            await copy.CompleteAsync();
        }

        await RunAsync(_way.CreateIndex);
        BuildTime = Stopwatch.GetElapsedTime(start);
        await RunAsync($"VACUUM ANALYZE {_way.Table}");
        BytesEach = (long)(await RunAsync($"SELECT pg_total_relation_size('{_way.Table}')"))! / texts.Count;
    }

    [SuppressMessage("Security", "CA2100", Justification = "Constant statements of this class.")]
    private async Task<object?> RunAsync(string statement)
    {
        await using var command = new NpgsqlCommand(statement, _connection);
        return await command.ExecuteScalarAsync();
    }

    [SuppressMessage("Security", "CA2100", Justification = "Constant statements of this class.")]
    private NpgsqlCommand PreparedFind()
    {
        var find = new NpgsqlCommand(_way.Find, _connection);
        find.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Text });
        find.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Bigint });
        find.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Text });
        find.Prepare();
        return find;
    }

    /// <summary>The statements, and what is asked for of a query: $1, before its time, $2, and besides itself, $3.</summary>
    internal sealed record Way(string Name, string CreateTable, string Table, string CreateIndex, string Find, Func<BenchmarkTexts.Query, string> Ask);
}
