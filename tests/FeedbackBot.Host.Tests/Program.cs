await Console.Error.WriteLineAsync("This is a test project; its processes are started by its tests.");
return 2;
