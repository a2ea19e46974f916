using System.Collections.Concurrent;
using System.Globalization;
using FeedbackBot.Core.Storage;
using Shouldly;
using Xunit;

namespace FeedbackBot.Testing;

/// <summary>
/// What every <see cref="IStore"/> must do. A store derives from this and gives itself by <see cref="OpenAsync"/>; each test
/// has a partition of its own, so that a store may be shared.
/// </summary>
public abstract class StoreCompliance : IAsyncLifetime
{
    private const int LargestRow = StoreTransaction.MaxRowBytes / sizeof(char);

    private readonly string _partition = $"tenant-{Guid.NewGuid():N}";
    private IStore? _store;

    protected static CancellationToken None => CancellationToken.None;

    protected IStore Store => _store ?? throw new InvalidOperationException("The store is open once InitializeAsync is done.");

    public virtual async Task InitializeAsync() => _store = await OpenAsync();

    public abstract Task DisposeAsync();

    [Fact]
    public async Task A_row_that_was_never_written_is_not_found()
        => (await Store.FindAsync(Key("request|1"), None)).ShouldBeNull();

    [Fact]
    public async Task An_inserted_row_is_found_with_all_it_holds()
    {
        var committed = await CommitAsync(transaction => transaction.Insert(
            new Entity(Key("request|1"), 7, Properties(("Title", "Faster exports"), ("Empty", ""), ("title", "another")))));

        var found = (await Store.FindAsync(Key("request|1"), None)).ShouldNotBeNull();
        found.Key.ShouldBe(Key("request|1"));
        found.Schema.ShouldBe(7);
        found.ETag.ShouldBe(committed["request|1"]);
        found.Properties.ShouldBe(Properties(("Title", "Faster exports"), ("Empty", ""), ("title", "another")), ignoreOrder: true);
    }

    [Fact]
    public async Task A_row_without_properties_is_kept()
    {
        await CommitAsync(transaction => transaction.Insert(new Entity(Key("mark|1"), 1, Properties())));

        (await Store.FindAsync(Key("mark|1"), None)).ShouldNotBeNull().Properties.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public async Task Every_schema_number_is_kept(int schema)
    {
        await CommitAsync(transaction => transaction.Insert(new Entity(Key("request|1"), schema, Properties())));

        (await Store.FindAsync(Key("request|1"), None)).ShouldNotBeNull().Schema.ShouldBe(schema);
    }

    [Fact]
    public async Task Replacing_the_current_version_leaves_nothing_of_the_old_one()
    {
        var first = await CommitAsync(transaction => transaction.Insert(
            new Entity(Key("request|1"), 1, Properties(("Old", "gone"), ("Both", "old")))));

        await CommitAsync(transaction => transaction.Replace(
            new Entity(Key("request|1"), 2, Properties(("Both", "new"))), first["request|1"]));

        var found = (await Store.FindAsync(Key("request|1"), None)).ShouldNotBeNull();
        found.Schema.ShouldBe(2);
        found.Properties.ShouldBe(Properties(("Both", "new")));
    }

    [Fact]
    public async Task An_upsert_adds_a_row_and_replaces_whatever_is_there()
    {
        await CommitAsync(transaction => transaction.Upsert(Row("request|1", "first")));
        (await TextAsync("request|1")).ShouldBe("first");

        await CommitAsync(transaction => transaction.Upsert(new Entity(Key("request|1"), 2, Properties(("Other", "second")))));
        (await Store.FindAsync(Key("request|1"), None)).ShouldNotBeNull().Properties.ShouldBe(Properties(("Other", "second")));
    }

    [Fact]
    public async Task A_deleted_row_is_gone_whether_its_version_was_named_or_not()
    {
        var committed = await CommitAsync(
            transaction => transaction.Insert(Row("request|1", "one")),
            transaction => transaction.Insert(Row("request|2", "two")));

        var deleted = await CommitAsync(
            transaction => transaction.Delete("request|1"),
            transaction => transaction.Delete("request|2", committed["request|2"]));

        deleted.ShouldBeEmpty();
        (await Store.FindAsync(Key("request|1"), None)).ShouldBeNull();
        (await Store.FindAsync(Key("request|2"), None)).ShouldBeNull();
    }

    [Fact]
    public async Task An_empty_transaction_is_committed()
        => (await CommitAsync()).ShouldBeEmpty();

    [Theory]
    [InlineData(ConflictCause.InsertOfExisting)]
    [InlineData(ConflictCause.ReplaceOfAnotherVersion)]
    [InlineData(ConflictCause.ReplaceWithAnUnknownKindOfVersion)]
    [InlineData(ConflictCause.ReplaceOfMissing)]
    [InlineData(ConflictCause.DeleteOfAnotherVersion)]
    [InlineData(ConflictCause.DeleteOfMissing)]
    [InlineData(ConflictCause.DeleteOfMissingVersion)]
    public async Task A_conflict_names_its_row_and_writes_nothing(ConflictCause cause)
    {
        var first = await CommitAsync(transaction => transaction.Insert(Row("here", "first")));
        await CommitAsync(transaction => transaction.Replace(Row("here", "second"), first["here"]));
        var stale = first["here"];
        await CommitAsync(
            transaction => transaction.Insert(Row("kept|replaced", "kept")),
            transaction => transaction.Insert(Row("kept|deleted", "kept")));

        var transaction = new StoreTransaction(_partition);
        for (var index = 0; index < 40; index++)
        {
            transaction.Insert(Row($"before|{index}", "x"));
        }

        transaction.Upsert(Row("kept|replaced", "changed"));
        transaction.Delete("kept|deleted");
        var row = AddConflict(transaction, cause, stale);
        for (var index = 0; index < 40; index++)
        {
            transaction.Insert(Row($"after|{index}", "x"));
        }

        (await Store.CommitAsync(transaction, None)).ShouldBe(new CommitResult.Conflict(row));

        (await AllAsync("", "~")).Select(entity => (entity.Key.Row, entity.Properties["Text"]))
            .ShouldBe([("here", "second"), ("kept|deleted", "kept"), ("kept|replaced", "kept")]);
    }

    [Fact]
    public async Task Every_write_gives_another_version()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var etag = (await CommitAsync(transaction => transaction.Insert(Row("request|1", "same"))))["request|1"];
        for (var write = 0; write < 10; write++)
        {
            seen.Add(etag).ShouldBeTrue();
            etag = write % 2 == 0
                ? (await CommitAsync(transaction => transaction.Replace(Row("request|1", "same"), etag)))["request|1"]
                : (await CommitAsync(transaction => transaction.Upsert(Row("request|1", "same"))))["request|1"];
            (await Store.FindAsync(Key("request|1"), None)).ShouldNotBeNull().ETag.ShouldBe(etag);
        }
    }

    [Fact]
    public async Task A_version_does_not_come_back_when_its_row_is_deleted_and_written_again()
    {
        var old = (await CommitAsync(transaction => transaction.Insert(Row("request|1", "same"))))["request|1"];
        for (var round = 0; round < 5; round++)
        {
            await CommitAsync(transaction => transaction.Delete("request|1"));
            await CommitAsync(transaction => transaction.Insert(Row("request|1", "same")));
            await ConflictAsync("request|1", transaction => transaction.Replace(Row("request|1", "stale"), old));
            await ConflictAsync("request|1", transaction => transaction.Delete("request|1", old));
        }

        (await TextAsync("request|1")).ShouldBe("same");
    }

    [Fact]
    public async Task A_range_includes_its_start_and_excludes_its_end()
    {
        await InsertAsync("a", "b", "b|1", "b|2", "c", "d");

        (await RowsAsync("b", "c")).ShouldBe(["b", "b|1", "b|2"]);
        (await RowsAsync("b|", "b}")).ShouldBe(["b|1", "b|2"]);
        (await RowsAsync("", "b")).ShouldBe(["a"]);
        (await RowsAsync("c", "\u007f")).ShouldBe(["c", "d"]);
        (await RowsAsync("c", "\uffff")).ShouldBe(["c", "d"]);
        (await RowsAsync("b", "b")).ShouldBeEmpty();
        (await RowsAsync("c", "b")).ShouldBeEmpty();
        (await RowsAsync("", "")).ShouldBeEmpty();
        (await RowsAsync("x", "y")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Rows_come_in_ordinal_order_whatever_their_length_and_punctuation()
    {
        string[] rows =
        [
            "a", "A", "B", "a|", "a|1", "a|10", "a|2", "a|9", "a-", "a_", "a~", "a b", " a", "a'b", "a\"b", "a.b", "a:b", "aa", "Z|z",
            "_", "~", "!", "0", "00", "a|b|c", "a|b", "a|B", new string('m', EntityKey.MaxLength), new string('m', EntityKey.MaxLength - 1),
        ];
        await InsertAsync(rows);

        (await RowsAsync("", "\u007f")).ShouldBe(rows.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(50)]
    [InlineData(1000)]
    public async Task Pages_give_every_row_once_and_in_order(int limit)
    {
        var rows = Enumerable.Range(0, 50).Select(number => Invariant($"item|{number:d4}")).ToArray();
        await InsertAsync(rows);
        await InsertAsync("item", "item}");

        var read = new List<string>();
        string? continuation = null;
        do
        {
            var page = await Store.QueryAsync(_partition, "item|", "item}", limit, continuation, None);
            page.Entities.Count.ShouldBeLessThanOrEqualTo(limit);
            read.AddRange(page.Entities.Select(entity => entity.Key.Row));
            continuation = page.Continuation;

            // A store that gives its pages again and again must fail here, not hang.
            read.Count.ShouldBeLessThanOrEqualTo(rows.Length);
        }
        while (continuation is not null);

        read.ShouldBe(rows);
    }

    [Fact]
    public async Task Paging_skips_and_repeats_no_row_while_others_are_inserted()
    {
        var rows = Enumerable.Range(0, 60).Select(number => Invariant($"item|{number:d4}")).ToArray();
        await InsertAsync(rows);

        var read = new List<string>();
        string? continuation = null;
        var inserted = 0;
        do
        {
            var page = await Store.QueryAsync(_partition, "item|", "item}", 7, continuation, None);
            read.AddRange(page.Entities.Select(entity => entity.Key.Row));
            continuation = page.Continuation;

            // Right behind the page's end, before its start, and at the very end.
            if (page.Entities.Count > 0 && inserted++ < 5)
            {
                await InsertAsync($"{page.Entities[^1].Key.Row}|new", $"item| {inserted}", $"item|{9000 + inserted}");
            }
        }
        while (continuation is not null);

        read.SequenceEqual(new SortedSet<string>(read, StringComparer.Ordinal), StringComparer.Ordinal).ShouldBeTrue();
        rows.Except(read, StringComparer.Ordinal).ShouldBeEmpty();
        read.Count(row => row.EndsWith("|new", StringComparison.Ordinal)).ShouldBe(5);
        read.Count(row => row.StartsWith("item|900", StringComparison.Ordinal)).ShouldBe(5);
    }

    [Fact]
    public async Task Paging_goes_on_when_the_row_where_it_stopped_is_deleted()
    {
        await InsertAsync("a", "b", "c", "d");
        var page = await Store.QueryAsync(_partition, "", "~", 2, null, None);
        var last = page.Entities[^1].Key.Row;
        await CommitAsync(transaction => transaction.Delete(last));

        var rest = new List<string>();
        while (page.Continuation is { } continuation)
        {
            page = await Store.QueryAsync(_partition, "", "~", 2, continuation, None);
            rest.AddRange(page.Entities.Select(entity => entity.Key.Row));
        }

        rest[^1].ShouldBe("d");
        rest.Contains(last, StringComparer.Ordinal).ShouldBeFalse();
    }

    [Fact]
    public async Task Large_rows_come_through_a_query_in_pages_that_fit_in_memory()
    {
        var text = new string('x', StoreTransaction.MaxStringLength);
        for (var row = 0; row < 20; row++)
        {
            await CommitAsync(transaction => transaction.Insert(new Entity(
                Key($"large|{row:d2}"), 1, Enumerable.Range(0, 12).ToDictionary(index => $"P{index}", _ => text, StringComparer.Ordinal))));
        }

        var page = await Store.QueryAsync(_partition, "large|", "large}", IStore.MaxPageSize, null, None);
        page.Entities.Sum(entity => entity.Properties.Values.Sum(value => (long)value.Length)).ShouldBeLessThan(10_000_000);
        page.Continuation.ShouldNotBeNull();
        (await RowsAsync("large|", "large}")).Count.ShouldBe(20);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(IStore.MaxPageSize + 1)]
    [InlineData(int.MaxValue)]
    public async Task A_page_of_an_impossible_size_is_refused(int limit)
        => await Should.ThrowAsync<ArgumentOutOfRangeException>(
            async () => await Store.QueryAsync(_partition, "a", "b", limit, null, None));

    [Fact]
    public async Task A_continuation_that_the_store_did_not_give_is_refused()
    {
        foreach (var continuation in (string[])["", "!", "not a token", "AAAA", new string('A', 100_000), "ünïcode"])
        {
            await Should.ThrowAsync<ArgumentException>(
                async () => await Store.QueryAsync(_partition, "a", "b", 10, continuation, None), continuation);
        }
    }

    [Fact]
    public async Task A_continuation_of_another_range_is_refused()
    {
        await InsertAsync("a|1", "a|2", "b|1");
        var page = await Store.QueryAsync(_partition, "a|", "a}", 1, null, None);

        await Should.ThrowAsync<ArgumentException>(
            async () => await Store.QueryAsync(_partition, "b|", "b}", 1, page.Continuation.ShouldNotBeNull(), None));
    }

    [Fact]
    public async Task Partitions_do_not_see_each_other()
    {
        var partitions = Enumerable.Range(0, 4).Select(number => $"{_partition}-{number}").Append(_partition).ToArray();
        foreach (var partition in partitions)
        {
            var transaction = new StoreTransaction(partition);
            transaction.Insert(new Entity(new EntityKey(partition, "request|1"), 1, Properties(("Text", partition))));
            (await Store.CommitAsync(transaction, None)).ShouldBeOfType<CommitResult.Committed>();
        }

        await CommitAsync(transaction => transaction.Delete("request|1"));

        foreach (var partition in partitions[..^1])
        {
            var page = await Store.QueryAsync(partition, "", "~", 10, null, None);
            page.Entities.ShouldHaveSingleItem().Properties["Text"].ShouldBe(partition);
        }

        (await RowsAsync("", "~")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_hundred_rows_are_taken_and_one_more_is_refused()
    {
        var transaction = new StoreTransaction(_partition);
        for (var index = 0; index < StoreTransaction.MaxWrites; index++)
        {
            transaction.Insert(Row($"row|{index:d3}", "x"));
        }

        Should.Throw<StoreLimitException>(() => transaction.Insert(Row("row|100", "x")));
        Should.Throw<StoreLimitException>(() => transaction.Delete("row|100"));
        (await Store.CommitAsync(transaction, None)).ShouldBeOfType<CommitResult.Committed>().ETags.Count.ShouldBe(100);
        (await RowsAsync("", "~")).Count.ShouldBe(100);
    }

    [Fact]
    public void A_second_partition_is_refused()
    {
        var transaction = new StoreTransaction(_partition);
        var elsewhere = new EntityKey("elsewhere", "row");

        Should.Throw<StoreLimitException>(() => transaction.Insert(new Entity(elsewhere, 1, Properties())));
        Should.Throw<StoreLimitException>(() => transaction.Replace(new Entity(elsewhere, 1, Properties()), "etag"));
        Should.Throw<StoreLimitException>(() => transaction.Upsert(new Entity(elsewhere, 1, Properties())));
        Should.Throw<StoreLimitException>(() => transaction.Delete(elsewhere));
        transaction.Count.ShouldBe(0);
    }

    [Fact]
    public void A_row_twice_is_refused()
    {
        var transaction = new StoreTransaction(_partition);
        transaction.Delete("row");

        Should.Throw<StoreLimitException>(() => transaction.Insert(Row("row", "x")));
        Should.Throw<StoreLimitException>(() => transaction.Delete("row"));
        transaction.Insert(Row("ROW", "x"));
        transaction.Touches("row").ShouldBeTrue();
        transaction.Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_longest_string_is_taken_and_one_character_more_is_refused()
    {
        var longest = string.Concat(Enumerable.Repeat("ä€ü!", 32768 / 4));
        Should.Throw<StoreLimitException>(() => new StoreTransaction(_partition).Insert(Row("row", longest + '!')));

        await CommitAsync(transaction => transaction.Insert(Row("row", longest)));

        longest.Length.ShouldBe(32768);
        (await TextAsync("row")).ShouldBe(longest);
    }

    [Fact]
    public async Task A_row_just_under_its_limit_is_taken_and_one_over_it_is_refused()
    {
        const int Overhead = 1024;
        Should.Throw<StoreLimitException>(() => new StoreTransaction(_partition).Insert(Large("row", LargestRow)));

        await CommitAsync(transaction => transaction.Insert(Large("row", LargestRow - Overhead)));

        var found = (await Store.FindAsync(Key("row"), None)).ShouldNotBeNull();
        found.Properties.ShouldBe(Large("row", LargestRow - Overhead).Properties, ignoreOrder: true);
    }

    [Fact]
    public async Task A_batch_just_under_its_limit_is_taken_and_one_over_it_is_refused()
    {
        // As JSON a quote takes two bytes, a letter with an umlaut six.
        const int RowCharacters = 300_000;
        var transaction = new StoreTransaction(_partition);
        for (var row = 0; row < 13; row++)
        {
            transaction.Insert(Large($"row|{row:d2}", RowCharacters));
        }

        Should.Throw<StoreLimitException>(() => transaction.Insert(Large("over", RowCharacters)));
        Should.Throw<StoreLimitException>(() => transaction.Insert(Large("over", 140_000, '"')));
        Should.Throw<StoreLimitException>(() => transaction.Insert(Large("over", 50_000, 'ü')));
        (await Store.CommitAsync(transaction, None)).ShouldBeOfType<CommitResult.Committed>();
        (await RowsAsync("", "~")).Count.ShouldBe(13);
    }

    [Fact]
    public async Task The_greatest_number_of_properties_is_taken_and_one_more_is_refused()
    {
        var properties = Enumerable.Range(0, StoreTransaction.MaxProperties)
            .ToDictionary(index => $"P{index}", index => $"value {index}", StringComparer.Ordinal);
        await CommitAsync(transaction => transaction.Insert(new Entity(Key("row"), 1, properties)));
        (await Store.FindAsync(Key("row"), None)).ShouldNotBeNull().Properties.ShouldBe(properties, ignoreOrder: true);

        // 253 and what Table storage itself counts: one for each key, the timestamp and the schema number.
        properties.Add("More", "");
        StoreTransaction.MaxProperties.ShouldBeLessThan(253);
        Should.Throw<StoreLimitException>(() => new StoreTransaction(_partition).Insert(new Entity(Key("row"), 1, properties)));
    }

    [Fact]
    public void A_name_that_no_property_can_have_is_refused()
    {
        foreach (var name in (string[])
            ["", "a b", "a-b", "a.b", "1a", "_own", "é", "PartitionKey", "RowKey", "Timestamp", new string('a', 256)])
        {
            Should.Throw<StoreLimitException>(
                () => new StoreTransaction(_partition).Insert(new Entity(Key("row"), 1, Properties((name, "x")))), name);
        }
    }

    [Fact]
    public async Task A_key_that_no_row_can_have_is_refused_everywhere()
    {
        var forbidden = Enumerable.Range(0, 0x20).Append(0x7f).Concat(Enumerable.Range(0x80, 0x20)).Select(code => $"a{(char)code}b")
            .Concat(["a/b", "a\\b", "a#b", "a?b", "a%b", "ä", "a\u00a0b", "日本", "🙂", "a\ud800", "a\uffff"])
            .Concat(["", new string('a', EntityKey.MaxLength + 1)]);
        foreach (var part in forbidden)
        {
            var said = string.Create(CultureInfo.InvariantCulture, $"{part.Length} characters: {Convert.ToHexString([.. part.Select(c => (byte)c)])}");
            Should.Throw<StoreLimitException>(() => new StoreTransaction(part), said);
            Should.Throw<StoreLimitException>(() => new StoreTransaction(_partition).Insert(Row(part, "x")), said);
            Should.Throw<StoreLimitException>(() => new StoreTransaction(_partition).Replace(Row(part, "x"), "etag"), said);
            Should.Throw<StoreLimitException>(() => new StoreTransaction(_partition).Upsert(Row(part, "x")), said);
            Should.Throw<StoreLimitException>(() => new StoreTransaction(_partition).Delete(part), said);
            await Should.ThrowAsync<StoreLimitException>(async () => await Store.FindAsync(Key(part), None), said);
            await Should.ThrowAsync<StoreLimitException>(async () => await Store.FindAsync(new EntityKey(part, "row"), None), said);
            await Should.ThrowAsync<StoreLimitException>(async () => await Store.QueryAsync(part, "a", "b", 1, null, None), said);
        }

        await Should.ThrowAsync<StoreLimitException>(async () => await Store.FindAsync(default, None));
    }

    [Fact]
    public async Task Every_other_character_and_the_longest_key_are_taken()
    {
        var punctuation = string.Concat(Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code).Where(c => !"/\\#?%".Contains(c, StringComparison.Ordinal)));
        var longest = new string('k', EntityKey.MaxLength);
        await InsertAsync(punctuation, longest);

        (await TextAsync(punctuation)).ShouldBe("x");
        (await TextAsync(longest)).ShouldBe("x");
        (await RowsAsync("", "~")).ShouldBe([punctuation, longest]);
    }

    [Fact]
    public async Task All_text_comes_back_as_it_was()
    {
        string[] texts =
        [
            "plain", "", " leading and trailing \t\r\n ", "quote \" and ' and \\ and / and { } [ ]", "emoji 🙂👩‍👩‍👧‍👦🏳️‍🌈", "עברית and العربية \u202eoverride\u202c",
            "NUL \0 in the middle and at the end \0", "e\u0301 is not \u00e9", "日本語 한국어 ไทย", "\u0001\u001f\u007f\u0085\u2028\u2029\ufeff\ufffd\uffff\ufffe",
            "\ud800\udc00 and \udbff\udfff", "<script>&amp;</script>", "\ufeff",
            string.Concat(Enumerable.Range(1, 0xffff).Where(code => code is < 0xd800 or > 0xdfff).Select(code => (char)code).Take(30_000)),
        ];
        await CommitAsync(transaction => transaction.Insert(
            new Entity(Key("row"), 1, texts.Index().ToDictionary(text => $"P{text.Index}", text => text.Item, StringComparer.Ordinal))));

        var found = (await Store.FindAsync(Key("row"), None)).ShouldNotBeNull();
        foreach (var (index, text) in texts.Index())
        {
            string.Equals(found.Properties[$"P{index}"], text, StringComparison.Ordinal).ShouldBeTrue($"text {index}");
        }
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused()
    {
        foreach (var text in (string[])["\ud83d", "\ude42", "a\ud83d", "\ud83da", "\ude42\ud83d", "🙂\ud83d", "\ud83d🙂"])
        {
            Should.Throw<StoreLimitException>(() => new StoreTransaction(_partition).Insert(Row("row", text)));
        }
    }

    [Fact]
    public async Task Half_a_surrogate_pair_in_a_record_becomes_the_replacement_character()
    {
        await CommitAsync(transaction => transaction.Insert("row", new Note("a\ud83d and b\ude42")));

        (await Store.FindAsync<Note>(Key("row"), None)).ShouldNotBeNull().Value.Text.ShouldBe("a\ufffd and b\ufffd");
    }

    [Fact]
    public async Task A_read_sees_every_commit_that_returned()
    {
        for (var number = 0; number < 200; number++)
        {
            await CommitAsync(transaction => transaction.Upsert(Row("row", $"{number}")));
            (await TextAsync("row")).ShouldBe($"{number}");
            (await Store.QueryAsync(_partition, "row", "rowa", 1, null, None)).Entities.ShouldHaveSingleItem().Properties["Text"].ShouldBe($"{number}");
        }
    }

    [Fact]
    public async Task Of_concurrent_commits_on_one_version_exactly_one_wins()
    {
        var etag = (await CommitAsync(transaction => transaction.Insert(Row("row", "start"))))["row"];
        for (var round = 0; round < 10; round++)
        {
            var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(writer => Task.Run(async () =>
            {
                var transaction = new StoreTransaction(_partition);
                transaction.Insert(Row($"mark|{round}|{writer}", "x"));
                transaction.Replace(Row("row", $"{round} {writer}"), etag);
                return (Writer: writer, Result: await Store.CommitAsync(transaction, None));
            })));

            var winner = results.Where(result => result.Result is CommitResult.Committed).ShouldHaveSingleItem();
            results.Count(result => result.Result is CommitResult.Conflict { Row: "row" }).ShouldBe(15);
            (await TextAsync("row")).ShouldBe($"{round} {winner.Writer}");
            (await RowsAsync($"mark|{round}|", $"mark|{round}}}")).ShouldBe([$"mark|{round}|{winner.Writer}"]);
            etag = ((CommitResult.Committed)winner.Result).ETags["row"];
        }
    }

    [Fact]
    public async Task Of_concurrent_inserts_of_one_row_exactly_one_wins()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 32).Select(writer => Task.Run(async () =>
        {
            var transaction = new StoreTransaction(_partition);
            transaction.Insert(Row("row", $"{writer}"));
            return await Store.CommitAsync(transaction, None);
        })));

        results.Count(result => result is CommitResult.Committed).ShouldBe(1);
        results.Count(result => result is CommitResult.Conflict { Row: "row" }).ShouldBe(31);
    }

    [Fact]
    public async Task Thirty_two_concurrent_writers_lose_nothing()
    {
        await CommitAsync(transaction => transaction.Insert("counter", new Counter(0)));
        var written = new ConcurrentBag<string>();
        await Task.WhenAll(Enumerable.Range(0, 32).Select(writer => Task.Run(async () =>
        {
            for (var number = 0; number < 5; number++)
            {
                var row = Invariant($"item|{writer:d2}|{number}");
                await IncrementAsync(row);
                written.Add(row);
            }
        })));

        (await Store.FindAsync<Counter>(Key("counter"), None)).ShouldNotBeNull().Value.Count.ShouldBe(160);
        (await RowsAsync("item|", "item}")).ShouldBe(written.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_cancelled_commit_that_was_never_begun_writes_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        var transaction = new StoreTransaction(_partition);
        transaction.Insert(Row("row", "x"));

        await Should.ThrowAsync<OperationCanceledException>(async () => await Store.CommitAsync(transaction, cancelled.Token));

        (await TextAsync("row")).ShouldBeNull();
    }

    [Fact]
    public async Task Records_of_any_length_come_back_equal()
    {
        // Lengths around each border of the chunks; an emoji is twelve characters of JSON, and lies across a border in any way.
        const int EmojiLength = 12;
        var random = new Random(20_250_101);
        string[] alphabet = ["a", "\"", "\\", "\n", "é", "€", "🙂", "\u2028", "<"];
        for (var round = 0; round < 120; round++)
        {
            var length = Math.Max(0, (random.Next(0, 4) * StoreTransaction.MaxStringLength) + random.Next(-40, 24));
            var text = (round % 3) switch
            {
                0 => new string('a', length % EmojiLength) + string.Concat(Enumerable.Repeat("🙂", length / EmojiLength)),
                1 => new string('a', length),
                _ => string.Concat(Enumerable.Range(0, length).Select(_ => alphabet[random.Next(alphabet.Length)])),
            };
            var note = new Note(text);
            await CommitAsync(transaction => transaction.Upsert("row", note));

            var found = (await Store.FindAsync<Note>(Key("row"), None)).ShouldNotBeNull();
            string.Equals(found.Value.Text, text, StringComparison.Ordinal).ShouldBeTrue($"round {round}, {text.Length} characters");
        }
    }

    [Fact]
    public async Task A_record_that_shrinks_leaves_no_chunk_behind()
    {
        await CommitAsync(transaction => transaction.Insert("row", new Note(new string('a', 100_000))));
        var stored = (await Store.FindAsync<Note>(Key("row"), None)).ShouldNotBeNull();

        await CommitAsync(transaction => transaction.Replace(stored, new Note("short")));

        (await Store.FindAsync<Note>(Key("row"), None)).ShouldNotBeNull().Value.ShouldBe(new Note("short"));
    }

    [Fact]
    public async Task A_stored_default_does_not_come_back_as_the_default_of_its_record()
    {
        var note = new Note("x", IsOpen: false, Priority: 0);
        await CommitAsync(transaction => transaction.Insert("row", note));

        (await Store.FindAsync<Note>(Key("row"), None)).ShouldNotBeNull().Value.ShouldBe(note);
    }

    [Fact]
    public async Task A_reader_ignores_members_it_does_not_know_and_fills_in_those_that_are_missing()
    {
        await CommitAsync(transaction => transaction.Insert(new Entity(
            Key("row"), 99, Properties(("json", """{"later":{"deep":[1,2]},"text":"kept","unknown":null}"""), ("Other", "x")))));

        var found = (await Store.FindAsync<Note>(Key("row"), None)).ShouldNotBeNull();
        found.Value.ShouldBe(new Note("kept"));
        found.Value.IsOpen.ShouldBeTrue();
    }

    [Fact]
    public async Task A_record_carries_its_schema_number()
    {
        await CommitAsync(transaction => transaction.Insert("row", new Note("x")));

        (await Store.FindAsync(Key("row"), None)).ShouldNotBeNull().Schema.ShouldBe(Note.Schema);
    }

    [Fact]
    public async Task A_scan_gives_every_record_of_its_prefix()
    {
        for (var number = 0; number < 25; number++)
        {
            var row = $"note|{number:d2}";
            await CommitAsync(transaction => transaction.Insert(row, new Note(row)));
        }

        await InsertAsync("note", "note}", "notes");

        var scanned = new List<string>();
        await foreach (var stored in Store.ScanAsync<Note>(_partition, "note|", 10, None))
        {
            scanned.Add(stored.Value.Text);
        }

        scanned.ShouldBe(Enumerable.Range(0, 25).Select(number => $"note|{number:d2}"));
        (await Store.FirstAsync<Note>(_partition, "note|", 3, None)).Select(stored => stored.Value.Text).ShouldBe(["note|00", "note|01", "note|02"]);
    }

    /// <summary>The store under test, opened; closed by <see cref="DisposeAsync"/>.</summary>
    protected abstract Task<IStore> OpenAsync();

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private static Dictionary<string, string> Properties(params (string Name, string Value)[] properties)
        => properties.ToDictionary(property => property.Name, property => property.Value, StringComparer.Ordinal);

    private static string AddConflict(StoreTransaction transaction, ConflictCause cause, string stale)
    {
        var partition = transaction.Partition;
        Entity Changed(string row) => new(new EntityKey(partition, row), 1, Properties(("Text", "changed")));
        switch (cause)
        {
            case ConflictCause.InsertOfExisting:
                transaction.Insert(Changed("here"));
                return "here";
            case ConflictCause.ReplaceOfAnotherVersion:
                transaction.Replace(Changed("here"), stale);
                return "here";
            case ConflictCause.ReplaceWithAnUnknownKindOfVersion:
                transaction.Replace(Changed("here"), "W/\"datetime'2025-01-01T00%3A00%3A00.0000000Z'\"");
                return "here";
            case ConflictCause.ReplaceOfMissing:
                transaction.Replace(Changed("missing"), stale);
                return "missing";
            case ConflictCause.DeleteOfAnotherVersion:
                transaction.Delete("here", stale);
                return "here";
            case ConflictCause.DeleteOfMissing:
                transaction.Delete("missing");
                return "missing";
            case ConflictCause.DeleteOfMissingVersion:
                transaction.Delete("missing", stale);
                return "missing";
            default:
                throw new ArgumentOutOfRangeException(nameof(cause), cause, null);
        }
    }

    private EntityKey Key(string row) => new(_partition, row);

    private Entity Row(string row, string text) => new(Key(row), 1, Properties(("Text", text)));

    /// <summary>A row of that many characters in all, in properties of the greatest length.</summary>
    private Entity Large(string row, int characters, char filler = 'x')
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var left = characters; left > 0; left -= StoreTransaction.MaxStringLength)
        {
            properties.Add($"P{properties.Count}", new string(filler, Math.Min(left, StoreTransaction.MaxStringLength)));
        }

        return new Entity(Key(row), 1, properties);
    }

    private async Task<IReadOnlyDictionary<string, string>> CommitAsync(params Action<StoreTransaction>[] writes)
    {
        var transaction = new StoreTransaction(_partition);
        foreach (var write in writes)
        {
            write(transaction);
        }

        return (await Store.CommitAsync(transaction, None)).ShouldBeOfType<CommitResult.Committed>().ETags;
    }

    private async Task ConflictAsync(string row, Action<StoreTransaction> write)
    {
        var transaction = new StoreTransaction(_partition);
        write(transaction);
        (await Store.CommitAsync(transaction, None)).ShouldBe(new CommitResult.Conflict(row));
    }

    private async Task InsertAsync(params string[] rows)
        => await CommitAsync([.. rows.Select(row => (Action<StoreTransaction>)(transaction => transaction.Insert(Row(row, "x"))))]);

    private async Task IncrementAsync(string row)
    {
        while (true)
        {
            var counter = (await Store.FindAsync<Counter>(Key("counter"), None)).ShouldNotBeNull();
            var transaction = new StoreTransaction(_partition);
            transaction.Replace(counter, new Counter(counter.Value.Count + 1));
            transaction.Insert(Row(row, "x"));
            if (await Store.CommitAsync(transaction, None) is CommitResult.Committed)
            {
                return;
            }
        }
    }

    private async Task<string?> TextAsync(string row) => (await Store.FindAsync(Key(row), None))?.Properties["Text"];

    private async Task<List<Entity>> AllAsync(string fromRow, string toRow)
    {
        var all = new List<Entity>();
        string? continuation = null;
        do
        {
            var page = await Store.QueryAsync(_partition, fromRow, toRow, IStore.MaxPageSize, continuation, None);
            all.AddRange(page.Entities);
            continuation = page.Continuation;
        }
        while (continuation is not null);

        return all;
    }

    private async Task<List<string>> RowsAsync(string fromRow, string toRow)
        => [.. (await AllAsync(fromRow, toRow)).Select(entity => entity.Key.Row)];

    /// <summary>Why a transaction cannot be committed.</summary>
    public enum ConflictCause
    {
        InsertOfExisting,
        ReplaceOfAnotherVersion,
        ReplaceWithAnUnknownKindOfVersion,
        ReplaceOfMissing,
        DeleteOfAnotherVersion,
        DeleteOfMissing,
        DeleteOfMissingVersion,
    }

    private sealed record Note(string Text, bool IsOpen = true, int Priority = 3) : IStoredRecord
    {
        public static int Schema => 4;
    }

    private sealed record Counter(int Count) : IStoredRecord
    {
        public static int Schema => 1;
    }
}
