
namespace ContestPipeline.Demo;

/// <summary>
/// The commands <c>demo</c> and <c>demo-processes</c>: sets the environment, plays, judges, clears up. Exit code 0 only when
/// everything held.
/// </summary>
public static class DemoCommand
{
    private const int FaultsShownMax = 50;

    /// <param name="processes">True: every worker is a process of its own on a real broker.</param>
    public static async Task<int> Run(IReadOnlyList<string> args, bool processes, TimeProvider clock)
    {
        var (options, error) = DemoOptions.Parse(args);
        if (options is null) return await Command.Complain(error!, Command.WrongUsage);
        return await Command.Run(
            processes ? "demo-processes" : "demo", options.Keep, (folder, ct) => Play(options, processes, folder, clock, ct));
    }

    private static async Task<int> Play(
        DemoOptions options, bool processes, StateFolder folder, TimeProvider clock, CancellationToken ct)
    {
        await using var broker = processes ? await RealBroker.Find(folder, $"demo-{Environment.ProcessId}.", ct) : null;
        if (processes && broker is null)
        {
            Console.WriteLine($"skipped: {RealBroker.Missing}");
            return Command.Held;
        }

        var state = new DemoState();
        var view = new DemoView(state, clock);
        await using var environment = await DemoEnvironment.Build(folder, broker, withStripe: true, view.Say, ct);
        Worker[] inside = processes ? [] : [Workers.Ingestion, Workers.Scoring, Workers.Settlement];
        var faults = await new DemoDirector(environment, options, inside, state, view, clock).Run(ct);

        foreach (var fault in faults.Take(FaultsShownMax)) Console.WriteLine($"FAILED: {fault}");
        if (faults.Count > 0) return Command.Failed;
        Console.WriteLine(DemoSummary.Verdict);
        return Command.Held;
    }
}
