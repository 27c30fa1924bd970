
namespace ContestPipeline.Simulation;

/// <summary>
/// Plays a seed again in another database, whose rows lie elsewhere and are found another way, and says where the story differs:
/// nothing that is decided may depend on an order that no statement asks for.
/// </summary>
internal sealed class SimTwin(string name) : IAsyncDisposable
{
    private const int SeedsPerPlan = 50;
    private SimPostgres? postgres;
    private SimLane? lane;

    /// <param name="told">The events of the first play.</param>
    /// <returns>Null when it tells the same again.</returns>
    internal async Task<string?> WhereItDiffers(SimEnd end, IReadOnlyList<string> told, Cut cut, CancellationToken ct)
    {
        postgres ??= await SimPostgres.Start(name, ct);
        lane ??= await SimLane.Open(postgres, "simulation", ct);
        var plan = SimPlan.Others[(int)(end.Seed / SeedsPerPlan % (ulong)SimPlan.Others.Count)];
        await lane.Use(plan, ct);
        var again = new List<string>();
        var second = await SimRun.Play(lane, end.Seed, cut, again.Add, ct);
        if (second.Trace == end.Trace) return null;
        var at = told.Zip(again).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"played again with {plan.Name} it tells another story from event {at + 1} on: '{At(told, at)}' became "
            + $"'{At(again, at)}'{string.Concat(second.Faults.Take(1).Select(f => "; " + f))}";
    }

    public async ValueTask DisposeAsync()
    {
        if (lane is not null) await lane.DisposeAsync();
        if (postgres is not null) await postgres.DisposeAsync();
    }

    private static string At(IReadOnlyList<string> events, int at) => at < events.Count ? events[at] : "the end";
}
