using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Storage;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Core.Deduplication;

/// <summary>
/// What a model makes of the indexed texts, in memory and in the store, made in the background: no turn waits for it, and what is
/// not made yet counts for nothing. A text that is indexed no more has its row deleted; rows left behind by the end of a process
/// are deleted by the next one.
/// </summary>
public sealed partial class DocumentVectors(
    IEmbeddingGenerator<string, Embedding<float>> generator,
    IOptions<EmbeddingOptions> options,
    IStore store,
    LaneQueues lanes,
    TimeProvider time,
    ILogger<DocumentVectors> logger) : BackgroundService
{
    /// <summary>The longest a turn waits for the model.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(500);

    /// <summary>Characters of a text that are sent.</summary>
    public const int LongestText = 2_000;

    /// <summary>Texts that wait for the model, at most; those beyond are taken up when the service starts again.</summary>
    public const int MostWaiting = 100_000;

    private const int AtOnce = 32;
    private const int PageSize = 128;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly EmbeddingOptions _options = options.Value;
    private readonly EmbeddingGenerationOptions _asked = new() { ModelId = options.Value.Model, Dimensions = options.Value.Dimensions };
    private readonly TaskCompletionSource _allPut = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WorkBell _bell = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _rows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Text> _texts = new(StringComparer.Ordinal);
    private readonly Queue<string> _waiting = [];
    private readonly Queue<string> _gone = [];

    /// <summary>How many different texts have their vector.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _texts.Values.Count(text => text.Vector is not null);
            }
        }
    }

    /// <summary>
    /// The vector of a query; empty where the model gives none within <see cref="Deadline"/>, or nonsense. Never throws but for
    /// <paramref name="cancellationToken"/>.
    /// </summary>
    public async Task<ReadOnlyMemory<float>> AskAsync(string text, CancellationToken cancellationToken)
    {
        try
        {
            return (await GenerateAsync([Cut(text)], Deadline, cancellationToken))[0];
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Not the exception itself: a service may repeat in it what it was sent.
            LogNotAnswered(exception.GetType().Name);
            return default;
        }
    }

    public override void Dispose()
    {
        _bell.Dispose();
        base.Dispose();
    }

    /// <summary>Has the vector of a text made, if it is not known.</summary>
    internal void Put(string id, string text)
    {
        text = Cut(text);
        var row = TextVector.Row(_options, text);
        lock (_gate)
        {
            if (_rows.TryGetValue(id, out var before) && before == row)
            {
                return;
            }

            Release(id);
            _rows.Add(id, row);
            if (_texts.TryGetValue(row, out var known))
            {
                known.Documents++;
            }
            else if (_waiting.Count < MostWaiting)
            {
                _texts.Add(row, new Text(text) { Documents = 1 });
                _waiting.Enqueue(row);
            }
            else
            {
                // Without its words, so that memory has a bound; a stored vector it may have still counts.
                _texts.Add(row, new Text("") { Documents = 1 });
            }
        }

        _bell.Ring();
    }

    internal void Remove(string id)
    {
        lock (_gate)
        {
            Release(id);
        }

        _bell.Ring();
    }

    /// <summary>All that is stored was put: rows of anything else are left over.</summary>
    internal void AllPut() => _allPut.TrySetResult();

    /// <summary>
    /// What the model adds to the score of each document: as much as it is nearer than the others of them that have a vector;
    /// nothing for those that have none.
    /// </summary>
    internal float[] Lifts(ReadOnlySpan<float> query, IReadOnlyList<string> ids)
    {
        var cosines = new float?[ids.Count];
        lock (_gate)
        {
            for (var i = 0; i < cosines.Length; i++)
            {
                cosines[i] = _rows.TryGetValue(ids[i], out var row) && _texts[row].Vector is { } vector ? Product(query, vector) : null;
            }
        }

        var average = cosines.Average() ?? 0;
        return Array.ConvertAll(cosines, cosine => (float)_options.Weight * ((cosine ?? average) - average));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _allPut.Task.WaitAsync(stoppingToken);
        var (isRead, pause) = (false, ShortestPause);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!isRead)
                {
                    await ReadStoredAsync(stoppingToken);
                    isRead = true;
                }

                // One by one after a failure: a text that the model refuses must not keep others from it.
                while (await WorkAsync(pause > ShortestPause ? 1 : AtOnce, stoppingToken))
                {
                    pause = ShortestPause;
                }

                await _bell.WaitAsync(LongestPause, time, stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotMade(exception.GetType().Name, pause);
                await Task.Delay(pause, time, stoppingToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    private static string Cut(string text) => text.Length <= LongestText ? text : text[..LongestText];

    private static float Product(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var sum = 0f;
        for (var i = 0; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }

    private async Task<float[][]> GenerateAsync(string[] texts, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);

        // Neither a model that does not listen to the token nor one that blocks holds anything up.
        var made = await Task.Run(() => generator.GenerateAsync(texts, _asked, either.Token), cancellationToken).WaitAsync(patience, time, cancellationToken);
        var vectors = made.Select(one => TextVector.ToUnit(one.Vector.Span, _options.Dimensions)).OfType<float[]>().ToArray();
        return vectors.Length == texts.Length ? vectors : throw new InvalidDataException("The model gave something that is no vector of the text.");
    }

    /// <summary>Takes what is stored, and deletes what nothing needs.</summary>
    private async Task ReadStoredAsync(CancellationToken cancellationToken)
    {
        // One that cannot be read is made once more.
        await foreach (var page in store.ScanPagesAsync<TextVector>(lanes.Tenant, TextVector.Prefix, PageSize, static _ => { }, cancellationToken))
        {
            lock (_gate)
            {
                foreach (var stored in page)
                {
                    Take(stored.Key.Row, stored.Value.ToUnit(_options.Dimensions));
                }
            }
        }
    }

    /// <summary>Deletes what is gone and makes what waits; false if there was nothing to do.</summary>
    private async Task<bool> WorkAsync(int most, CancellationToken cancellationToken)
    {
        var (gone, waiting) = Next(most);
        try
        {
            foreach (var row in gone)
            {
                var deletion = new StoreTransaction(lanes.Tenant);
                deletion.Delete(row);

                // A conflict means that it was not there.
                await store.CommitAsync(deletion, cancellationToken);
            }

            if (waiting.Count > 0)
            {
                await MakeAsync(waiting, cancellationToken);
            }

            return gone.Count + waiting.Count > 0;
        }
        catch
        {
            lock (_gate)
            {
                gone.ForEach(_gone.Enqueue);
                waiting.ForEach(one => _waiting.Enqueue(one.Row));
            }

            throw;
        }
    }

    private async Task MakeAsync(List<(string Row, string Text)> waiting, CancellationToken cancellationToken)
    {
        var vectors = await GenerateAsync([.. waiting.Select(one => one.Text)], Patience, cancellationToken);
        var transaction = new StoreTransaction(lanes.Tenant);
        for (var i = 0; i < vectors.Length; i++)
        {
            transaction.Upsert(waiting[i].Row, TextVector.Of(vectors[i]));
        }

        await store.CommitAsync(transaction, cancellationToken);
        lock (_gate)
        {
            for (var i = 0; i < vectors.Length; i++)
            {
                Take(waiting[i].Row, vectors[i]);
            }
        }
    }

    private (List<string> Gone, List<(string Row, string Text)> Waiting) Next(int most)
    {
        lock (_gate)
        {
            var gone = new List<string>();
            while (_gone.TryDequeue(out var row))
            {
                if (!_texts.ContainsKey(row))
                {
                    gone.Add(row);
                }
            }

            var waiting = new Dictionary<string, string>(StringComparer.Ordinal);
            while (waiting.Count < most && _waiting.TryDequeue(out var row))
            {
                if (_texts.TryGetValue(row, out var text) && text.Vector is null)
                {
                    waiting[row] = text.Words;
                }
            }

            return (gone, [.. waiting.Select(one => (one.Key, one.Value))]);
        }
    }

    /// <summary>Keeps a vector where it is needed; else its row goes.</summary>
    private void Take(string row, float[]? vector)
    {
        if (!_texts.TryGetValue(row, out var text))
        {
            _gone.Enqueue(row);
        }
        else if (vector is not null)
        {
            text.Vector = vector;
            text.Words = "";
        }
    }

    private void Release(string id)
    {
        if (_rows.Remove(id, out var row) && --_texts[row].Documents == 0)
        {
            _texts.Remove(row);
            _gone.Enqueue(row);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The embedding model did not answer a turn ({Failure}); the rules alone decided.")]
    private partial void LogNotAnswered(string failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The embedding model's vectors could not be made ({Failure}); next try in {Pause}.")]
    private partial void LogNotMade(string failure, TimeSpan pause);

    /// <summary>A text that documents have, with its words as long as they wait.</summary>
    private sealed class Text(string words)
    {
        public int Documents { get; set; }

        public string Words { get; set; } = words;

        public float[]? Vector { get; set; }
    }
}
