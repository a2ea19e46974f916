using FeedbackBot.Core.Catalogue;
using FeedbackBot.Host.Tests.Flows;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Cli;

/// <summary><c>import features FILE.csv</c>.</summary>
public sealed class ImportCommandTests
{
    [Fact]
    public async Task Features_are_loaded_replaced_by_name_and_left_alone_where_nothing_changed()
    {
        using var data = new TempDirectory();
        var first = Write(data, "Name;Link;Description\nRoles;https://docs.example/roles;\"Pipelines have\na role of their own\"\nAudit log;http://docs.example/audit;Ten years\n");
        var (code, output, errors) = await ImportAsync(data, first);
        errors.ShouldBeEmpty();
        (code, output).ShouldBe((0, "2 new, 0 changed, 0 as before."));

        // With the mark that spreadsheets put in front, another order, and a column more.
        var second = Write(data, "\uFEFFarea,description,name,link\nany,Ten years,Audit log,http://docs.example/audit\nany,A new way,ROLES,https://docs.example/roles#2\n");
        (await ImportAsync(data, second)).ShouldBe((0, "0 new, 1 changed, 1 as before.", ""));

        var features = await StoredAsync(data);
        features.Select(feature => (feature.Name, feature.Link)).ShouldBe([("Audit log", "http://docs.example/audit"), ("ROLES", "https://docs.example/roles#2")]);
    }

    [Fact]
    public async Task Bad_lines_are_named_with_their_number_and_the_rest_is_loaded_only_when_asked_for()
    {
        using var data = new TempDirectory();
        var file = Write(data, "name,description,link\nRoles,,https://docs.example/roles\n,no name,https://docs.example\nLogs,,javascript:alert(1)\nLong," + new string('x', 4001) + ",https://docs.example\nShort\nFar,,https://docs.example/" + new string('x', 2000) + "\n");

        var (code, output, errors) = await ImportAsync(data, file);
        (code, output).ShouldBe((1, ""));
        errors.Split('\n').ShouldBe(
        [
            "line 3: the name takes 1 to 120 characters on one line.",
            "line 4: the link is no address that begins with https:// or http://.",
            "line 5: the description takes at most 4,000 characters.",
            "line 6: the link is no address that begins with https:// or http://.",
            "line 7: the link takes at most 2,000 characters.",
            "Nothing was loaded. Mend these lines, or load the other one with --skip-bad-lines.",
        ]);
        (await ImportAsync(data, file, "--skip-bad-lines")).Output.ShouldBe("1 new, 0 changed, 0 as before.");
        (await StoredAsync(data)).Single().Name.ShouldBe("Roles");
    }

    [Fact]
    public async Task A_file_that_is_all_there_is_replaces_what_is_stored_and_an_empty_one_does_not()
    {
        using var data = new TempDirectory();
        await ImportAsync(data, Write(data, "name,description,link\nRoles,,https://docs.example/roles\nAudit log,,https://docs.example/audit\n"));
        var file = Write(data, "name,description,link\nAudit log,Ten years,https://docs.example/audit\n");
        (await ImportAsync(data, file, "--replace")).ShouldBe((0, "0 new, 1 changed, 0 as before, 1 removed.", ""));
        (await StoredAsync(data)).Single().Name.ShouldBe("Audit log");

        var (code, _, errors) = await ImportAsync(data, Write(data, "name,description,link\n"), "--replace");
        code.ShouldBe(1);
        errors.ShouldContain("has no line");
        (await ImportAsync(data, file, "--replace", "--skip-bad-lines")).Errors.ShouldContain("Use one of them.");
        (await StoredAsync(data)).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("", "line 1: the first line names the columns name, description, link.")]
    [InlineData("title,link\na,https://docs.example\n", "line 1: the first line names the columns name, description, link.")]
    [InlineData("name,description,link\n\"never closed,,https://docs.example\n", "line 2: ")]
    public async Task What_is_no_catalogue_is_refused(string text, string error)
    {
        using var data = new TempDirectory();

        var (code, output, errors) = await ImportAsync(data, Write(data, text));

        (code, output).ShouldBe((1, ""));
        errors.ShouldStartWith(error);
    }

    [Fact]
    public async Task A_file_that_is_missing_or_not_UTF_8_is_said_to_be_so()
    {
        using var data = new TempDirectory();
        (await ImportAsync(data, Path.Combine(data.Parent, "none.csv"))).Errors.ShouldContain("none.csv");

        var latin = Path.Combine(data.Parent, "latin.csv");
        await File.WriteAllBytesAsync(latin, [.. "name,description,link\nStra"u8, 0xDF, .. "e,,https://docs.example\n"u8]);
        (await ImportAsync(data, latin)).ShouldBe((1, "", "latin.csv is not UTF-8: save it as \"CSV UTF-8\"."));
    }

    private static Task<(int Code, string Output, string Errors)> ImportAsync(TempDirectory data, string file, params string[] more)
        => HostProcess.RunAsync(["import", "features", file, "--data", Path.Combine(data.Parent, "store"), .. more]);

    private static string Write(TempDirectory data, string text)
    {
        var path = Path.Combine(data.Parent, $"{Guid.NewGuid():n}.csv");
        File.WriteAllText(path, text);
        return path;
    }

    private static async Task<List<ExistingFeature>> StoredAsync(TempDirectory data)
    {
        await using var services = HostBuilding.BuildForCommands(Path.Combine(data.Parent, "store"), []);
        var features = new List<ExistingFeature>();
        await foreach (var feature in services.GetRequiredService<AnswerCatalogue>().ReadAsync<ExistingFeature>(CancellationToken.None))
        {
            features.Add(feature.Value);
        }

        return [.. features.OrderBy(feature => feature.Name, StringComparer.Ordinal)];
    }
}
