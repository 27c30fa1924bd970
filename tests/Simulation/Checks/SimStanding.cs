using ContestPipeline.Contracts;
using ContestPipeline.Scoring;

namespace ContestPipeline.Simulation;

/// <summary>
/// What Scoring has published stands, also after its database went back, if that was noticed: no command has two answers, no
/// entry two ends, no ranking two contents, and no version of a lifecycle two meanings.
/// </summary>
internal static class SimStanding
{
    internal static IEnumerable<string> Faults(SimWorld world)
    {
        // What others have forged is told apart elsewhere.
        if (world.Forger is not null) return [];
        if (world.Others is { Worker: ScoringService.Name, IsRestored: true, IsTold: false }) return [];
        return [.. Commands(world), .. Entries(world), .. Rankings(world), .. Lifecycles(world)];
    }

    private static IEnumerable<string> Commands(SimWorld world)
    {
        var granted = world.Broker.Messages<EntryAcceptedV1>().Select(m => (m.ContestId, m.CommandId))
            .Concat(world.Broker.Messages<EntryPaymentRequiredV1>().Select(m => (m.ContestId, m.CommandId)))
            .Concat(world.Broker.Messages<EntryChangedV1>().Select(m => (m.ContestId, m.CommandId)))
            .Concat(world.Broker.Messages<EntryWithdrawnV1>().Select(m => (m.ContestId, m.CommandId))).ToHashSet();
        foreach (var refused in world.Broker.Messages<CommandRejectedV1>()
            .Where(r => r.ReasonCode != Reasons.CommandIdReused && granted.Contains((r.ContestId, r.CommandId))))
            yield return $"command {refused.CommandId} was granted, and refused: {refused.ReasonCode}";
    }

    private static IEnumerable<string> Entries(SimWorld world)
    {
        var accepted = world.Broker.Messages<EntryAcceptedV1>().ToLookup(a => (a.ContestId, a.EntryId), a => a.AcceptanceNo);
        foreach (var refused in world.Broker.Messages<EntryRefusedV1>()
            .Where(r => accepted.Contains((r.ContestId, r.EntryId))).Select(r => r.EntryId).Distinct(StringComparer.Ordinal))
            yield return $"{refused} takes part, and was refused";
        foreach (var twice in accepted.Where(a => a.Distinct().Count() > 1))
            yield return $"{twice.Key} has the numbers {string.Join(", ", twice.Distinct())}";
    }

    private static IEnumerable<string> Rankings(SimWorld world) =>
        from ranking in world.Broker.Messages<ContestFinalizedV1>()
        group $"{ranking.EntryCount} {ranking.EntryHash} {CanonicalHash.Of(ranking.Games)}"
            by (ranking.ContestId, ranking.Revision, Attempt: ranking.Attempt ?? 1) into same
        where same.Distinct().Count() > 1
        select $"the ranking {same.Key} was published with {same.Distinct().Count()} contents";

    private static IEnumerable<string> Lifecycles(SimWorld world) =>
        from told in world.Broker.Messages<LifecycleV1>()
        group $"{told.State}, {told.Hold}" by (told.ContestId, told.Version) into same
        where same.Distinct().Count() > 1
        select $"version {same.Key} of a lifecycle says {string.Join(" and ", same.Distinct())}";
}
