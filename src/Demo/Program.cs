using ContestPipeline.Demo;
using ContestPipeline.Demo.Dev;
using ContestPipeline.Demo.RealContest;

switch (args)
{
    case ["demo", .. var rest]: return await DemoCommand.Run(rest, processes: false, TimeProvider.System);
    case ["demo-processes", .. var rest]: return await DemoCommand.Run(rest, processes: true, TimeProvider.System);
    case ["dev", "-h" or "--help"]:
        Console.WriteLine($"dev [arguments]: {DevOptions.Usage}");
        return Command.Held;
    case ["dev", .. var rest]: return await DevCommand.Run(rest, TimeProvider.System);
    case ["real-contest"]: return await RealContestCommand.Run(TimeProvider.System);
    case ["real-contest", .. var surplus]:
        return await Command.Complain($"real-contest takes no arguments, got '{string.Join(' ', surplus)}'.", Command.WrongUsage);
    case ["-h" or "--help"]:
        Console.WriteLine("demo [--speed N] [--seed N] [--keep] | demo-processes [the same] | dev [--port N …] | real-contest");
        return Command.Held;
    case [var unknown, ..]:
        return await Command.Complain(
            $"Unknown command '{unknown}': expected demo, demo-processes, dev or real-contest.", Command.WrongUsage);
    default: return await Command.Complain("Expected a command: demo, demo-processes, dev or real-contest.", Command.WrongUsage);
}
