using System.Globalization;
using System.Text;
using FeedbackBot.Core.Storage;
using Microsoft.Data.Sqlite;

namespace FeedbackBot.Storage.Sqlite;

/// <summary>One connection that reads, with its statements. One thread at a time.</summary>
internal sealed class SqliteReader : IDisposable
{
    // What Table storage gives in one answer (https://learn.microsoft.com/rest/api/storageservices/query-entities); a
    // thousand rows of a mebibyte would otherwise be one page.
    private const int MaxPageBytes = 4 * 1024 * 1024;

    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _find;
    private readonly SqliteStatement _query;

    public SqliteReader(SqliteConnection connection)
    {
        _connection = connection;
        try
        {
            _find = new SqliteStatement(
                connection, "SELECT etag, schema, properties FROM entities WHERE partition = ?1 AND row = ?2");
            _query = new SqliteStatement(
                connection,
                "SELECT etag, schema, properties, row FROM entities WHERE partition = ?1 AND row >= ?2 AND row < ?3 ORDER BY row LIMIT ?4");
        }
        catch
        {
            _find?.Dispose();
            connection.Dispose();
            throw;
        }
    }

    public static string ETag(long etag) => etag.ToString("x16", CultureInfo.InvariantCulture);

    public Entity? Find(EntityKey key)
    {
        try
        {
            _find.Bind(1, key.Partition);
            _find.Bind(2, key.Row);
            return _find.Step() ? Read(_find, key) : null;
        }
        finally
        {
            _find.Reset();
        }
    }

    public EntityPage Query(string partition, string fromRow, string toRow, int limit)
    {
        try
        {
            _query.Bind(1, partition);
            _query.Bind(2, fromRow);
            _query.Bind(3, toRow);

            // One more than asked for shows whether there is a next page.
            _query.Bind(4, limit + 1);
            var entities = new List<Entity>();
            var bytes = 0;
            while (_query.Step())
            {
                if (entities.Count == limit || bytes >= MaxPageBytes)
                {
                    return new EntityPage(entities, ContinuationToken.After(entities[^1].Key.Row));
                }

                bytes += _query.Bytes(2).Length;
                entities.Add(Read(_query, new EntityKey(partition, Encoding.ASCII.GetString(_query.Bytes(3)))));
            }

            return new EntityPage(entities, null);
        }
        finally
        {
            _query.Reset();
        }
    }

    public void Dispose()
    {
        _find.Dispose();
        _query.Dispose();
        _connection.Dispose();
    }

    private static Entity Read(SqliteStatement statement, EntityKey key)
        => new(key, (int)statement.Number(1), PropertyEncoding.Decode(statement.Bytes(2)), ETag(statement.Number(0)));
}
