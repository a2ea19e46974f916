using FeedbackBot.Storage.Tests.Sqlite;

// The process of a crash test; see CrashTests.
return args is ["commit", var directory, var writers]
    ? await CommittingProcess.RunAsync(directory, int.Parse(writers, System.Globalization.CultureInfo.InvariantCulture))
    : 1;
