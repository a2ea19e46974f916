using System.Text.Json;
using Microsoft.Playwright;

namespace FeedbackBot.Host.Tests.Browser;

/// <summary>What the main thread of a page did while it was traced: its tasks, in order.</summary>
internal sealed class FrameTrace
{
    private readonly List<Work> _tasks;

    private FrameTrace(List<Work> tasks) => _tasks = tasks;

    /// <summary>All of the main thread's work, in milliseconds of a processor.</summary>
    public double Total => _tasks.Sum(task => task.Milliseconds);

    /// <summary>Traces the only page of its browser while <paramref name="acts"/> happens in it.</summary>
    public static async Task<FrameTrace> RecordAsync(IPage page, Func<Task> acts)
    {
        var session = await page.Context.Browser!.NewBrowserCDPSessionAsync();
        var events = new List<JsonElement>();
        var complete = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        session.Event("Tracing.dataCollected").OnEvent += (_, data) => events.AddRange(data!.Value.GetProperty("value").EnumerateArray());
        session.Event("Tracing.tracingComplete").OnEvent += (_, _) => complete.SetResult();
        await session.SendAsync("Tracing.start", new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["transferMode"] = "ReportEvents",
            ["traceConfig"] = new
            {
                includedCategories = (string[])["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline", "disabled-by-default-devtools.timeline.frame", "devtools.timeline.frame"],
            },
        });
        await acts();
        await session.SendAsync("Tracing.end");
        await complete.Task;
        await session.DetachAsync();
        return new FrameTrace(Read(events));
    }

    /// <summary>
    /// The work of each frame that had one of these DOM events to deal with, in milliseconds of a processor, so that it does not
    /// matter what else the machine does: the tasks since the frame before, up to the one that renders it. Frames without such
    /// an event, in which little happens, would only flatter.
    /// </summary>
    public IReadOnlyList<double> Frames(params string[] domEvents)
    {
        var frames = new List<double>();
        var work = 0.0;
        var isAsked = false;
        foreach (var task in _tasks)
        {
            work += task.Milliseconds;
            isAsked |= task.DomEvents.Overlaps(domEvents);
            if (!task.RendersFrame)
            {
                continue;
            }

            if (isAsked)
            {
                frames.Add(work);
            }

            work = 0;
            isAsked = false;
        }

        return frames;
    }

    private static List<Work> Read(List<JsonElement> events)
    {
        var mains = events
            .Where(each => Name(each) == "thread_name" && each.GetProperty("args").GetProperty("name").GetString() == "CrRendererMain")
            .Select(Thread)
            .ToHashSet();

        // A browser keeps a renderer in reserve, which does next to nothing.
        var main = events.Where(each => mains.Contains(Thread(each))).GroupBy(Thread).MaxBy(thread => thread.Count())!.ToList();
        var tasks = main
            .Where(each => Name(each) == "RunTask" && each.TryGetProperty("dur", out _))
            .OrderBy(Begin)
            .Select(each => new Work(Begin(each), each.GetProperty("dur").GetDouble(), each.GetProperty("tdur").GetDouble()))
            .ToList();
        var starts = tasks.ConvertAll(task => task.Begin);
        foreach (var each in main.Where(each => Name(each) is "BeginMainThreadFrame" or "EventDispatch"))
        {
            var place = starts.BinarySearch(Begin(each));
            place = place < 0 ? ~place - 1 : place;
            if (place < 0 || Begin(each) > tasks[place].Begin + tasks[place].Microseconds)
            {
                continue;
            }

            if (Name(each) == "EventDispatch")
            {
                tasks[place].DomEvents.Add(each.GetProperty("args").GetProperty("data").GetProperty("type").GetString()!);
            }
            else
            {
                tasks[place].RendersFrame = true;
            }
        }

        return tasks;

        static (int Process, int Thread) Thread(JsonElement traced) => (traced.GetProperty("pid").GetInt32(), traced.GetProperty("tid").GetInt32());

        static string Name(JsonElement traced) => traced.GetProperty("name").GetString()!;

        static double Begin(JsonElement traced) => traced.GetProperty("ts").GetDouble();
    }

    /// <summary>A task of the main thread, in the trace's microseconds: how long it took, and how long it was on a processor.</summary>
    private sealed class Work(double begin, double microseconds, double busyMicroseconds)
    {
        public double Begin => begin;

        public double Microseconds => microseconds;

        public double Milliseconds => busyMicroseconds / 1000;

        public HashSet<string> DomEvents { get; } = new(StringComparer.Ordinal);

        public bool RendersFrame { get; set; }
    }
}
