using System.Globalization;
using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Reconciliation;
using ContestPipeline.Proofs.Prizes;
using ContestPipeline.Settlement;

namespace ContestPipeline.Chaos;

/// <summary>
/// What must hold after the storm. Prizes are computed by the oracle, which knows nothing of the product's code. Pure.
/// </summary>
internal sealed class Verdict(Evidence evidence)
{
    private static readonly string[] s_never = ["job-failed", "message-id-reused", "message-parked", "payout-held",
        "stripe-call-held"];

    private readonly EntryAcceptedV1[] accepted =
        [.. evidence.Events.OfType<EntryAcceptedV1>().Where(e => !evidence.Others.Contains(e.ContestId))
            .DistinctBy(e => (e.ContestId, e.EntryId))];
    private readonly HashSet<(string, string)> withdrawn =
        [.. evidence.Events.OfType<EntryWithdrawnV1>().Select(w => (w.ContestId, w.EntryId))];
    private readonly HashSet<string> cancelled = [.. evidence.Events.OfType<ContestCancelledV1>().Select(c => c.ContestId)];

    /// <summary>One sentence for everything that is not as it should be.</summary>
    internal IReadOnlyList<string> Faults() =>
    [
        .. Contests(), .. Entries(), .. Transfers(), .. Fees(), .. Digests(), .. Books(),
        .. evidence.Alerts.Where(a => s_never.Contains(a.Kind) && !IsSaidAgain(a)).DistinctBy(a => a.DedupKey)
            .Select(a => $"alert {a.Kind} {a.Subject}: {a.Cause}"),
    ];

    /// <summary>
    /// What restored books have said and know nothing of they say again, under the same id, and who has heard it refuses that.
    /// </summary>
    private bool IsSaidAgain(AlertRaisedV1 alert) =>
        evidence.WentBack is not null && alert.Kind == "message-id-reused"
            && alert.Cause.Contains("of contestpipeline/payout came before", StringComparison.Ordinal);

    internal long OwedMinor => Expected().Values.Sum();

    internal int OwedPayouts => Expected().Count;

    internal int Paid => evidence.Waves.Sum(w => w.Definitions.Count(d => StateOf(d.ContestId) == ContestStates.Paid));

    internal int Cancelled => evidence.Waves.Sum(w => w.Definitions.Count(d => StateOf(d.ContestId) == ContestStates.Cancelled));

    private string? StateOf(string contestId) =>
        evidence.Lifecycle.Where(l => l.ContestId == contestId).MaxBy(l => l.Version)?.State;

    /// <summary>A contest is paid; called off only for want of entries and without a guarantee.</summary>
    private IEnumerable<string> Contests()
    {
        foreach (var definition in evidence.Waves.SelectMany(w => w.Definitions))
        {
            var entries = accepted.Count(e => e.ContestId == definition.ContestId
                && !withdrawn.Contains((e.ContestId, e.EntryId)));
            var mayEnd = definition.GuaranteedPoolMinor is null && entries < definition.MinEntries
                ? ContestStates.Cancelled : ContestStates.Paid;
            var state = StateOf(definition.ContestId);
            if (state != mayEnd)
                yield return $"{definition.ContestId} with {entries} entries is {state ?? "unknown"}, not {mayEnd}";
        }
    }

    /// <summary>Nobody who entered was left without an answer.</summary>
    private IEnumerable<string> Entries()
    {
        var answered = accepted.Select(e => (e.ContestId, e.EntryId)).ToHashSet();
        answered.UnionWith(evidence.Events.OfType<EntryRefusedV1>().Select(e => (e.ContestId, e.EntryId)));
        answered.UnionWith(withdrawn);
        var refused = evidence.Events.OfType<CommandRejectedV1>().Select(r => r.CommandId).ToHashSet(StringComparer.Ordinal);
        return evidence.Waves.SelectMany(w => w.Entries).Select(e => e.Submit)
            .Where(s => !answered.Contains((s.ContestId, s.EntryId)) && !refused.Contains(s.CommandId)
                && !cancelled.Contains(s.ContestId))
            .Select(s => $"{s.CommandId} has no answer");
    }

    private SortedDictionary<(string Contest, string Player), long> Expected()
    {
        var expected = new SortedDictionary<(string, string), long>();
        foreach (var (wave, definition) in evidence.Waves.SelectMany(w =>
            w.Definitions.Where(d => !cancelled.Contains(d.ContestId)).Select(d => (w, d))))
        {
            var entries = accepted.Where(e => e.ContestId == definition.ContestId
                && !withdrawn.Contains((e.ContestId, e.EntryId))).Select(e => new CaseEntry(
                e.EntryId, e.PlayerId, e.AcceptanceNo, definition.Kind == ContestKinds.Activity ? [e.PlayerId] : e.AthleteIds))
                .ToArray();
            var lines = wave.Totals.Select(t =>
                new CaseLine(wave.Stream, t.Key, new Dictionary<string, long> { [Wave.Stat] = t.Value })).ToArray();
            var rules = RuleSets.Find(definition.RuleSet.Name, definition.RuleSet.Version)!;
            var result = PrizeOracle.Of(new PrizeCase(0, definition, rules, entries, lines, []));
            foreach (var player in entries.GroupBy(e => e.Player))
            {
                var net = player.Sum(e => (long)(result.Entries[e.Id].GrossMinor - result.Entries[e.Id].FeeMinor));
                if (net > 0) expected[(definition.ContestId, player.Key)] = net;
            }
        }

        return expected;
    }

    /// <summary>None missing, none twice, none of another amount.</summary>
    private IEnumerable<string> Transfers()
    {
        var expected = Expected();
        foreach (var transfer in evidence.Transfers)
        {
            var metadata = transfer.GetProperty("metadata");
            var key = (metadata.GetProperty("contest_id").GetString()!, metadata.GetProperty("player_id").GetString()!);
            if (evidence.Others.Contains(key.Item1)) continue;
            var (id, amount) = (transfer.GetProperty("id").GetString(), transfer.GetProperty("amount").GetInt64());
            if (!expected.Remove(key, out var owed)) yield return $"doubled: {id} pays {key}, who is owed nothing (any more)";
            else if (amount != owed) yield return Text($"wrong: {id} pays {key} {amount}, not {owed}");
        }

        foreach (var (key, amount) in expected) yield return Text($"lost: {key} was not paid {amount}");
    }

    /// <summary>A fee is kept for an entry that takes part and given back, all of it and once, for any other.</summary>
    private IEnumerable<string> Fees()
    {
        var takesPart = accepted.Select(e => (e.ContestId, e.EntryId))
            .Where(e => !withdrawn.Contains(e) && !cancelled.Contains(e.ContestId)).ToHashSet();
        var refunded = evidence.Refunds.Where(r => r.GetProperty("status").GetString() is "succeeded" or "pending")
            .GroupBy(r => r.GetProperty("payment_intent").GetString()!, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Sum(r => r.GetProperty("amount").GetInt64()), StringComparer.Ordinal);
        var paid = new HashSet<(string, string)>();
        foreach (var intent in evidence.Intents.Where(i => i.GetProperty("status").GetString() == "succeeded"))
        {
            var metadata = intent.GetProperty("metadata");
            var entry = (metadata.GetProperty("contest_id").GetString()!, metadata.GetProperty("entry_id").GetString()!);
            if (!paid.Add(entry)) yield return $"{entry} was paid for twice";
            var back = refunded.GetValueOrDefault(intent.GetProperty("id").GetString()!);
            var owed = takesPart.Contains(entry) ? 0 : intent.GetProperty("amount").GetInt64();
            if (back != owed) yield return Text($"{back} of the fee of {entry} went back, not {owed}");
        }

        foreach (var entry in takesPart)
        {
            var fee = evidence.Waves.SelectMany(w => w.Definitions).Single(d => d.ContestId == entry.ContestId).EntryFeeMinor;
            if (fee > 0 && !paid.Contains(entry)) yield return $"{entry} takes part and was not paid for";
        }
    }

    /// <summary>Every result computed once more from the topics alone, as <c>contestctl verify</c> does.</summary>
    private IEnumerable<string> Digests()
    {
        foreach (var contest in evidence.Waves.SelectMany(w => w.Definitions).Where(d => !cancelled.Contains(d.ContestId)))
        {
            var copy = new ContestCopy(contest.ContestId);
            foreach (var message in evidence.Events.Concat(evidence.Results)) copy.Apply(message);
            foreach (var line in evidence.Lines.Where(l => contest.GameIds.Contains(l.GameId))) copy.Apply(line);
            var missing = copy.Missing();
            if (missing.Count > 0) yield return $"{contest.ContestId} cannot be verified: {string.Join(", ", missing)}";
            else if (copy.Settled.GetValueOrDefault(1)?.Digest != copy.Settle().Digest)
                yield return $"{contest.ContestId}: the digest published is not that of the topics";
        }
    }

    private IEnumerable<string> Books()
    {
        foreach (var fault in evidence.Ledger.Faults) yield return $"ledger: {fault.Where}: {fault.What}";
        foreach (var d in evidence.Reconciliation.Differences.Where(d => evidence.WentBack is null
            || d.Kind != DifferenceKinds.Late))
                yield return Text(
                    $"reconciliation: {d.Leg} {d.Kind} {d.Subject}, here {d.OursMinor}, at Stripe {d.TheirsMinor}: {d.What}");
        if (evidence.Reconciliation.Pending > 0)
            yield return $"reconciliation left {evidence.Reconciliation.Pending} facts pending";
        if (evidence.Parked > 0) yield return $"{evidence.Parked} messages are parked";
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
