using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Storage.Sqlite;

/// <summary>A transaction on its way through the writer, and the caller who waits for it.</summary>
internal sealed class PendingCommit
{
    // Continuations run elsewhere: the writer must not be held up by what its callers do next.
    private readonly TaskCompletionSource<CommitResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CommitResult.Committed _committed;
    private CommitResult? _outcome;
    private Exception? _failure;
    private int _isTaken;

    public PendingCommit(StoreTransaction transaction)
    {
        Transaction = transaction;
        ETags = new long[transaction.Count];

        // 64 random bits for each write: a row that was deleted and written again never has a version that someone still
        // holds. A counter would do so too, but not after a backup was put back.
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(ETags.AsSpan()));
        var etags = new Dictionary<string, string>(transaction.Count, StringComparer.Ordinal);
        for (var index = 0; index < ETags.Length; index++)
        {
            var write = transaction.Writes[index];
            if (write.Kind != StoreWriteKind.Delete)
            {
                etags.Add(write.Row, SqliteReader.ETag(ETags[index]));
            }
        }

        _committed = new CommitResult.Committed(etags);
    }

    public StoreTransaction Transaction { get; }

    /// <summary>The new version for each write.</summary>
    public long[] ETags { get; }

    public Task<CommitResult> Result => _completion.Task;

    /// <summary>Whether the writer now has it. Otherwise its caller has given it up, and nothing of it is written.</summary>
    public bool TryTake() => Interlocked.Exchange(ref _isTaken, 1) == 0;

    /// <summary>Gives it up, unless the writer has it already: then its caller gets what became of it.</summary>
    public void Cancel(CancellationToken cancellationToken)
    {
        if (TryTake())
        {
            _completion.SetCanceled(cancellationToken);
        }
    }

    /// <summary>Nothing is written, and the caller gets this once the rest of the group is durable.</summary>
    public void Conflicts(string row) => _outcome = new CommitResult.Conflict(row);

    /// <summary>Nothing is written, and the caller gets this once the rest of the group is durable.</summary>
    public void Fails(Exception exception) => _failure = exception;

    /// <summary>The group is durable.</summary>
    public void Complete()
    {
        if (_failure is not null)
        {
            _completion.SetException(_failure);
        }
        else
        {
            _completion.SetResult(_outcome ?? _committed);
        }
    }

    /// <summary>The whole group failed.</summary>
    public void Fail(Exception exception) => _completion.SetException(exception);
}
