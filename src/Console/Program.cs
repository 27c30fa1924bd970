using ContestPipeline.WebConsole;

return await ConsoleProcess.Run(args);
