using ContestPipeline.AllInOne.Demo;
using ContestPipeline.AllInOne.RealContest;
using ContestPipeline.Ingestion;
using ContestPipeline.Payout;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;
using ContestPipeline.Settlement;

switch (args)
{
    case ["demo", .. var rest]: return await DemoCommand.Run(rest, processes: false, TimeProvider.System);
    case ["demo-processes", .. var rest]: return await DemoCommand.Run(rest, processes: true, TimeProvider.System);
    case ["real-contest"]: return await RealContestCommand.Run(TimeProvider.System);
    case ["real-contest", .. var surplus]:
        await Console.Error.WriteLineAsync($"real-contest takes no arguments, got '{string.Join(' ', surplus)}'.");
        return 2;
    case ["-h" or "--help"]:
        Console.WriteLine(
            "demo [--speed N] [--seed N] [--keep] | demo-processes [the same] | real-contest | none: the four workers in one "
                + "process, set by environment variables");
        return 0;
    case [var unknown, ..] when !unknown.StartsWith('-'):
        await Console.Error.WriteLineAsync(
            $"Unknown command '{unknown}': expected demo, demo-processes, real-contest, or none to run the four workers.");
        return 2;
    default: break;
}

return await WorkerHost.Run(args, builder =>
{
    builder.AddIngestion();
    builder.AddScoring();
    builder.AddSettlement();
    builder.AddPayout();
});
