using FeedbackBot.Host.Tests.Crashes;

// The processes of the crash test; see CrashTests.
switch (args)
{
    case ["crash-sink"]:
        await SinkProcess.RunAsync();
        return 0;
    case ["crash-host", var data, var url, var sink, var point, var occurrence]:
        await CrashingHost.RunAsync(data, url, sink, CrashPoint.Parse(point, occurrence));
        return 0;
    default:
        await Console.Error.WriteLineAsync("This is a test project; its processes are started by its tests.");
        return 2;
}
