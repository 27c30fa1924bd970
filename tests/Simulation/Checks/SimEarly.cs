using System.Globalization;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;
using Dapper;

namespace ContestPipeline.Simulation;

/// <summary>
/// Contests that are published after the first entries for them have come, and what must have become of those: each is answered,
/// and none is refused before it has waited.
/// </summary>
internal static class SimEarly
{
    private const int LatePercent = 25;

    /// <summary>Entries come from the first minute on.</summary>
    private const int LateMinutesMax = 9;

    /// <summary>A contest is published late, but before whatever else an operator says of it.</summary>
    internal static IReadOnlyList<Arrival> Postponed(IReadOnlyList<Arrival> arrivals, SimWorld world)
    {
        if (world.IsWithout(Weather.Early)) return arrivals;
        var chance = world.ChanceOf("early");
        var cancelled = arrivals.Where(a => a.Message is CancelContestV1)
            .GroupBy(a => a.Message.PartitionKey, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Min(a => a.At), StringComparer.Ordinal);
        return [.. arrivals.Select(One).ToArray().OrderBy(a => a.At)];

        Arrival One(Arrival arrival)
        {
            if (arrival.Message is not CreateContestV1 create || !chance.Chance(LatePercent)) return arrival;
            var at = arrival.At.AddSeconds(chance.Next(LateMinutesMax * 60));
            return cancelled.TryGetValue(create.ContestId, out var first) && first <= at ? arrival : arrival with { At = at };
        }
    }

    internal static async Task<IEnumerable<string>> Faults(SimWorld world, Scenario scenario, SimLane lane)
    {
        var faults = new List<string>();
        var waiting = await lane.Admin.ExecuteScalarAsync<long>("select count(*) from scoring.early_command");
        if (waiting > 0) faults.Add(Text($"{waiting} commands wait for their contest at the end"));
        var refused = world.Broker.Messages<CommandRejectedV1>().ToLookup(r => r.CommandId);
        var answered = world.Broker.Messages<EntryAcceptedV1>().Select(e => e.CommandId)
            .Concat(world.Broker.Messages<EntryPaymentRequiredV1>().Select(e => e.CommandId)).ToHashSet(StringComparer.Ordinal);
        var published = world.Broker.Messages<ContestPublishedV1>()
            .ToDictionary(p => p.ContestId, p => p.At, StringComparer.Ordinal);
        foreach (var submit in scenario.Arrivals.Select(a => a.Message).OfType<SubmitEntryV1>())
        {
            if (!world.ArrivedAt.TryGetValue(submit.IdempotencyKey, out var came)) continue;
            if (published.TryGetValue(submit.ContestId, out var at) && came < at)
                world.Faults.Hit("entry came before its contest");
            if (world.Poison is null && !answered.Contains(submit.CommandId) && !refused.Contains(submit.CommandId))
                faults.Add(Text($"{submit.CommandId} has no answer"));
            if (refused[submit.CommandId].FirstOrDefault(r => r.ReasonCode == Reasons.ContestUnknown) is { } early
                && early.At < came.AddMinutes(EarlyLimits.MinutesDefault) - 2 * world.Clock.Apart)
                    faults.Add(Text($"{submit.CommandId} came at {came:u} and was refused at {early.At:u}: it did not wait"));
        }

        return faults;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
