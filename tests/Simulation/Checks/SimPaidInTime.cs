using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Scoring;

namespace ContestPipeline.Simulation;

/// <summary>
/// Stripe's charges against the locks: who paid after the lock does not take part, and who paid before it is not told that he was
/// late.
/// </summary>
internal static class SimPaidInTime
{
    internal static IEnumerable<string> Faults(SimWorld world)
    {
        var hands = new SimHands(world);
        var madeAt = hands.Listed("/v1/charges").Where(c => c.GetProperty("status").GetString() == "succeeded")
            .ToDictionary(c => c.GetProperty("id").GetString()!,
                c => DateTimeOffset.FromUnixTimeSeconds(c.GetProperty("created").GetInt64()), StringComparer.Ordinal);
        var paidAt = new Dictionary<(string, string), DateTimeOffset>();
        foreach (var intent in hands.Listed("/v1/payment_intents"))
        {
            if (intent.GetProperty("latest_charge") is { ValueKind: JsonValueKind.String } charge
                && madeAt.TryGetValue(charge.GetString()!, out var at))
                paidAt[(Word("contest_id"), Word("entry_id"))] = at;

            string Word(string name) => intent.GetProperty("metadata").GetProperty(name).GetString()!;
        }

        var lockedAt = world.Broker.Messages<LifecycleV1>()
            .SelectMany(l => l.Steps.Where(s => s.State == ContestStates.Locked).Select(s => (l.ContestId, s.At)))
            .DistinctBy(l => l.ContestId).ToDictionary(l => l.ContestId, l => l.At, StringComparer.Ordinal);
        foreach (var accepted in world.Broker.Messages<EntryAcceptedV1>())
        {
            var key = (accepted.ContestId, accepted.EntryId);
            if (!paidAt.TryGetValue(key, out var at) || !lockedAt.TryGetValue(accepted.ContestId, out var locked)) continue;
            if (at >= locked) yield return $"{key} takes part, and was paid at {at:u}, after the lock at {locked:u}";
        }

        foreach (var paid in world.Broker.Messages<EntryPaymentChangedV1>()
            .Where(p => p.State == EntryPaymentStates.Paid && lockedAt.ContainsKey(p.ContestId)))
        {
            var (key, locked) = ((paid.ContestId, paid.EntryId), lockedAt[paid.ContestId]);
            if (paidAt.TryGetValue(key, out var at) && at < locked && paid.At >= locked)
                world.Faults.Hit("paid before the lock, told after it");
        }

        foreach (var refused in world.Broker.Messages<EntryRefusedV1>().Where(r => r.ReasonCode == Reasons.ContestLocked))
        {
            if (paidAt.TryGetValue((refused.ContestId, refused.EntryId), out var at)
                && lockedAt.TryGetValue(refused.ContestId, out var locked) && at < locked
                && refused.At < locked + PaidInTime.Wait
                && refused.Message.Contains("the payment was heard of", StringComparison.Ordinal)
                && world.Broker.Messages<GameStateV1>().All(g => g.StartedAt is null || g.StartedAt > at))
                yield return $"{refused.EntryId} paid at {at:u}, before the lock at {locked:u}, and was refused: "
                    + refused.Message;
        }
    }
}
