using FeedbackBot.Host;

return await CommandLine.RunAsync(args);
