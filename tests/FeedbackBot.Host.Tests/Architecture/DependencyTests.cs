using System.Reflection;
using System.Xml.Linq;
using FeedbackBot.Core;
using FeedbackBot.Storage;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Architecture;

/// <summary>Who may know whom: <c>Host → {Slack, Teams, Storage} → Core → BCL and Microsoft.Extensions</c>.</summary>
public sealed class DependencyTests
{
    private const string Core = "FeedbackBot.Core";

    private static readonly string[] Adapters = ["FeedbackBot.Slack", "FeedbackBot.Teams", "FeedbackBot.Storage"];

    /// <summary>Every project there may be, with the projects of ours it may know.</summary>
    private static readonly Dictionary<string, string[]> Known = new(StringComparer.Ordinal)
    {
        ["src/FeedbackBot.Core"] = [],
        ["src/FeedbackBot.Slack"] = [Core],
        ["src/FeedbackBot.Teams"] = [Core],
        ["src/FeedbackBot.Storage"] = [Core],
        ["src/FeedbackBot.Host"] = [Core, .. Adapters],
        ["tests/FeedbackBot.Testing"] = [Core],
        ["tests/FeedbackBot.SlackServer"] = [],
        ["tests/FeedbackBot.Core.Tests"] = [Core, "FeedbackBot.Testing"],
        ["tests/FeedbackBot.Slack.Tests"] = [Core, "FeedbackBot.Slack", "FeedbackBot.SlackServer", "FeedbackBot.Testing"],
        ["tests/FeedbackBot.Teams.Tests"] = [Core, "FeedbackBot.Teams", "FeedbackBot.Testing"],
        ["tests/FeedbackBot.Storage.Tests"] = [Core, "FeedbackBot.Storage", "FeedbackBot.Testing"],
        ["tests/FeedbackBot.Host.Tests"] = [Core, "FeedbackBot.Host", "FeedbackBot.SlackServer", "FeedbackBot.Testing", .. Adapters],
        ["tests/FeedbackBot.Benchmarks"] = [Core, "FeedbackBot.Host", "FeedbackBot.SlackServer", "FeedbackBot.Testing", .. Adapters],
    };

    private static readonly string[] BuiltAssemblies =
    [
        .. Known.Keys.Where(path => path.StartsWith("src/", StringComparison.Ordinal)).Select(path => path["src/".Length..]).Where(IsBuilt),
    ];

    /// <summary>The product's assemblies that exist so far, as they lie beside the tests.</summary>
    public static TheoryData<string> Assemblies { get; } = [.. BuiltAssemblies];

    public static TheoryData<string> Projects { get; } = [.. ProjectFiles()];

    [Fact]
    public void The_assemblies_that_are_checked_are_the_ones_that_run()
    {
        // An architecture test that finds nothing passes whatever is done.
        BuiltAssemblies.ShouldContain(typeof(FeedbackBotOptions).Assembly.GetName().Name, StringComparer.Ordinal);
        BuiltAssemblies.ShouldContain(typeof(StorageOptions).Assembly.GetName().Name, StringComparer.Ordinal);
        BuiltAssemblies.ShouldContain(typeof(HostBuilding).Assembly.GetName().Name, StringComparer.Ordinal);
        var sources = ProjectFiles().Where(path => path.StartsWith("src/", StringComparison.Ordinal)).Select(Path.GetFileNameWithoutExtension);
        sources.ShouldBe(BuiltAssemblies, ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void An_assembly_references_only_what_it_may_know(string name)
    {
        var references = Assembly.Load(name).GetReferencedAssemblies().Select(reference => reference.Name!).ToList();
        references.Where(reference => reference.StartsWith("FeedbackBot.", StringComparison.Ordinal)).ShouldBeSubsetOf(Known[$"src/{name}"], StringComparer.Ordinal);
        if (name == Core)
        {
            references.Where(reference => !IsForCore(reference)).ShouldBeEmpty();
        }
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_file_references_only_what_it_may_know(string path)
    {
        var directory = path[..path.LastIndexOf('/')];
        Known.ShouldContainKey(directory, $"{path} is a project that the design does not have; a sixth needs a reason.");
        Path.GetFileNameWithoutExtension(path).ShouldBe(directory[(directory.LastIndexOf('/') + 1)..]);
        var project = XDocument.Load(Path.Combine(Repository.Root, path));
        Included(project, "ProjectReference").Select(Path.GetFileNameWithoutExtension).ShouldBeSubsetOf(Known[directory], StringComparer.Ordinal);
        Included(project, "Reference").ShouldBeEmpty();
        if (directory == $"src/{Core}")
        {
            project.Root!.Attribute("Sdk")!.Value.ShouldBe("Microsoft.NET.Sdk");
            Included(project, "FrameworkReference").ShouldBeEmpty();
            Included(project, "PackageReference").Where(package => !package.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal)).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task The_solution_holds_every_project()
    {
        var solution = (await File.ReadAllTextAsync(Path.Combine(Repository.Root, "FeedbackBot.sln"))).Replace('\\', '/');
        ProjectFiles().Where(path => !solution.Contains(path, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Of_an_adapter_only_its_options_and_its_registration_are_public_and_of_the_host_nothing(string name)
    {
        if (name == Core)
        {
            return;
        }

        // The compiler makes the class of the top-level statements, and the web SDK makes it public.
        var shown = Assembly.Load(name).GetExportedTypes().Where(type => type.FullName != "Program").ToList();
        shown.Where(type => name == "FeedbackBot.Host" || !(IsOptions(type) || IsRegistration(type))).ShouldBeEmpty();
        shown.Count(IsRegistration).ShouldBe(name == "FeedbackBot.Host" ? 0 : 1);
        shown.Any(IsOptions).ShouldBe(name != "FeedbackBot.Host");
    }

    private static bool IsOptions(Type type) => type.Name.EndsWith("Options", StringComparison.Ordinal);

    private static bool IsRegistration(Type type)
        => type is { IsAbstract: true, IsSealed: true }
            && type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .All(method => method.Name.StartsWith("Add", StringComparison.Ordinal) || method.Name.StartsWith("Map", StringComparison.Ordinal));

    /// <summary>The base class library, by its own files, and Microsoft.Extensions.</summary>
    private static bool IsForCore(string name)
        => name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal)
            || (name.StartsWith("System.", StringComparison.Ordinal)
                && File.Exists(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, $"{name}.dll")));

    private static bool IsBuilt(string name) => File.Exists(Path.Combine(AppContext.BaseDirectory, $"{name}.dll"));

    private static IEnumerable<string> Included(XDocument project, string item)
        => project.Descendants(item).Select(element => element.Attribute("Include")?.Value).OfType<string>();

    // Not below the build's own directory: other tests write there, and what vanishes while it is looked at is an error.
    private static IEnumerable<string> ProjectFiles()
        => Directory.EnumerateDirectories(Repository.Root)
            .Where(directory => Path.GetFileName(directory) is var name && name != "artifacts" && !name.StartsWith('.'))
            .SelectMany(directory => Directory.EnumerateFiles(directory, "*.*proj", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Repository.Root, "*.*proj"))
            .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);
}
