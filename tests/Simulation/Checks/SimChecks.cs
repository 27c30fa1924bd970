using System.Globalization;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Reconciliation;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Replay;
using Dapper;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Simulation;

/// <summary>What must hold at the end of a seed, whatever happened in it.</summary>
internal static class SimChecks
{
    private static readonly string[] s_never = ["job-failed", "message-id-reused", "message-parked", "payout-held",
        "stripe-call-held"];

    internal static async Task<IReadOnlyList<string>> Of(SimWorld world, Scenario scenario, SimLane lane, CancellationToken ct)
    {
        var faults = new List<string>(world.Wrongs);
        faults.AddRange(SimTransfers.Faults(world, scenario, await Losses(lane)));
        faults.AddRange(SimMoney.Faults(world, scenario));
        faults.AddRange(await SimShortages.Faults(lane));
        if (world.Forger is { } forger) faults.AddRange(await forger.Faults(lane));
        faults.AddRange(await SimSavings.Faults(world, lane));
        faults.AddRange(await SimDisputed.Faults(world, scenario, lane));
        faults.AddRange(Entries(world, scenario));
        faults.AddRange(await SimEarly.Faults(world, scenario, lane));
        faults.AddRange(SimSwaps.Faults(world, scenario));
        faults.AddRange(SimPaidInTime.Faults(world));
        faults.AddRange(SimStanding.Faults(world));
        faults.AddRange(SimBankPayouts.Faults(world));
        faults.AddRange(Fees(world, scenario));
        faults.AddRange(world.Back?.Faults() ?? []);
        faults.AddRange(world.Others?.Faults() ?? []);
        faults.AddRange(world.Reads?.Faults() ?? []);
        faults.AddRange(await Differences(world, lane, ct));
        var ledger = await LedgerVerify.Run(lane.Admin, ct);
        faults.AddRange(ledger.Faults.Select(f => $"ledger: {f.Where}: {f.What}"));
        foreach (var schema in lane.Slots.Select(s => s.Worker).Distinct())
        {
            var parked = await lane.Admin.ExecuteScalarAsync<long>($"select count(*) from {schema}.parked");
            if (parked > 0)
                faults.Add(
                    $"{parked} messages are parked in {schema}: {await lane.Admin.ExecuteScalarAsync<string>($"select min(error) from {schema}.parked")}");
        }

        faults.AddRange(world.Broker.Messages<AlertRaisedV1>()
            .Where(a => s_never.Contains(a.Kind) && world.Poison?.IsToldBy(a) != true && world.Forger?.IsToldBy(a) != true
                && world.Back?.IsToldBy(a) != true
                && world.Others?.IsToldBy(a) != true).Select(a => $"alert {a.Kind} {a.Subject}: {a.Cause}"));
        return faults;
    }

    private static async Task<IReadOnlyDictionary<string, long>> Losses(
        SimLane lane) => (await lane.Admin.QueryAsync<(string ContestId, long Minor)>(
        "select contest_id, sum(case when debit_account = @account then amount_minor else -amount_minor end)::bigint from "
            + "payout.ledger_transfer where @account in (debit_account, credit_account) group by contest_id",
        new { account = LedgerAccounts.CorrectionLosses })).ToDictionary(l => l.ContestId, l => l.Minor, StringComparer.Ordinal);

    /// <summary>
    /// Nothing waits to be asked of Stripe, to be given back or to be taken back, and no revision of a result is under way.
    /// </summary>
    internal static async Task<bool> IsMoneyAtRest(SimLane lane) => await lane.Admin.ExecuteScalarAsync<bool>(
        "select not exists (select from payout.stripe_call where state = 'open') and not exists (select from payout.payout "
            + "where due_at is not null) "
        + "and not exists (select from payout.reversal_again where due_at is not null) and not exists (select from "
        + "payout.reduction_part where due_at is not null or outcome = 'asked') "
        + "and not exists (select from payout.contest c where state in ('receiving', 'posting') "
        + "or state = 'paying' and not exists (select from payout.payout p where p.contest_id = c.contest_id and p.revision = "
        + "c.revision and p.state = 'held')) and not exists (select from scoring.contest s where wake_at is not null "
        // A settled contest of which a dispute has frozen a payout wakes in days, to tell that it waits.
        + "and not (s.settled_at is not null and exists (select from payout.payout p where p.contest_id = s.contest_id and "
        + "p.state = 'held'))) "
        + "and not exists (select from payout.entry_payment where void_due_at is not null) and not exists (select from "
        + "settlement.completion where state = 'waiting')");

    /// <summary>Workers whose outbox has rows that no relay has sent.</summary>
    internal static async Task<IReadOnlyList<string>> Unsent(SimLane lane) =>
        (await lane.Admin.QueryAsync<string>(s_unsent)).AsList();

    private static readonly string s_unsent = string.Join(" union all ", DeclaredWorkers.Schemas.Select(w => w.Name).Select(s =>
        $"select '{s}' where exists (select from {s}.outbox o join {s}.outbox_slice l on l.slice = o.slice where o.position > "
            + $"l.sent_position)"));

    /// <summary>What has been moved so far, at Stripe and in the ledger.</summary>
    internal static async Task<string> Moved(SimWorld world, SimLane lane)
    {
        var lines = await lane.Admin.ExecuteScalarAsync<long>("select count(*) from payout.ledger_transfer");
        var transfers = world.Stripe.State.Transfers.ToArray();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{transfers.Length} transfers of {transfers.Sum(t => t.AmountMinor)}, {transfers.Sum(t => t.ReversedMinor)} taken "
                + $"back, {new SimHands(world).All("/v1/refunds").Count} refunds, {lines} ledger lines");
    }

    /// <summary>
    /// A fee is kept for an entry that takes part and given back, all of it and once, for any other; nobody is accepted without.
    /// </summary>
    private static IEnumerable<string> Fees(SimWorld world, Scenario scenario)
    {
        var hands = new SimHands(world);
        var takesPart = world.Broker.Messages<EntryAcceptedV1>().Select(e => (e.ContestId, e.EntryId)).ToHashSet();
        takesPart.ExceptWith(world.Broker.Messages<EntryWithdrawnV1>().Select(w => (w.ContestId, w.EntryId)));
        var cancelled = world.Broker.Messages<ContestCancelledV1>().Select(c => c.ContestId).ToHashSet(StringComparer.Ordinal);
        takesPart.RemoveWhere(e => cancelled.Contains(e.ContestId));
        var refunded = hands.Listed("/v1/refunds").Where(r => r.GetProperty("status").GetString() is "succeeded" or "pending")
            .GroupBy(r => r.GetProperty("payment_intent").GetString()!, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Sum(r => r.GetProperty("amount").GetInt64()), StringComparer.Ordinal);
        var paid = new HashSet<(string, string)>();
        foreach (var intent in hands.Listed("/v1/payment_intents").Where(i => i.GetProperty("status").GetString() == "succeeded"))
        {
            var metadata = intent.GetProperty("metadata");
            var entry = (metadata.GetProperty("contest_id").GetString()!, metadata.GetProperty("entry_id").GetString()!);
            if (!paid.Add(entry)) yield return $"{entry} was paid for twice";
            var back = refunded.GetValueOrDefault(intent.GetProperty("id").GetString()!);
            var owed = takesPart.Contains(entry)
                ? world.Stripe.RefundedMinor.GetValueOrDefault(entry) : intent.GetProperty("amount").GetInt64();
            // What the bank has taken back Stripe does not refund as well.
            if (back == 0 && world.Disputes.Any(d => d.IntentId == intent.GetProperty("id").GetString())) continue;
            if (back != owed)
                yield return string.Create(CultureInfo.InvariantCulture, $"{back} of the fee of {entry} went back, not {owed}");
        }

        var withFee = scenario.Definitions.Where(d => d.EntryFeeMinor > 0).Select(d => d.ContestId)
            .ToHashSet(StringComparer.Ordinal);
        foreach (var entry in world.Broker.Messages<EntryAcceptedV1>().Select(e => (e.ContestId, e.EntryId))
            .Where(e => withFee.Contains(e.ContestId) && !paid.Contains(e)))
            yield return $"{entry} was accepted and had not paid";
    }

    /// <summary>
    /// Who takes part: not more than there is room for, nobody after the lock, each number once; whether so few may play; and
    /// what a contest says it paid is what it paid.
    /// </summary>
    private static IEnumerable<string> Entries(SimWorld world, Scenario scenario)
    {
        var withdrawn = world.Broker.Messages<EntryWithdrawnV1>().Select(w => (w.ContestId, w.EntryId)).ToHashSet();
        var calledOff = world.Broker.Messages<ContestCancelledV1>().Where(c => c.CommandId is null).Select(c => c.ContestId)
            .ToHashSet(StringComparer.Ordinal);
        var sent = scenario.Arrivals.Select(a => a.Message).OfType<CancelContestV1>().Select(c => c.CommandId)
            .ToHashSet(StringComparer.Ordinal);
        foreach (var cancelled in world.Broker.Messages<ContestCancelledV1>()
            .Where(c => c.CommandId is { } id && !sent.Contains(id)))
            yield return $"{cancelled.ContestId} was called off by {cancelled.CommandId}, which no operator has sent";
        var paidOut = world.Broker.Messages<ContestPaidV1>().Select(c => c.ContestId).ToHashSet(StringComparer.Ordinal);
        foreach (var contest in scenario.Definitions)
        {
            var accepted = world.Broker.Messages<EntryAcceptedV1>().Where(e => e.ContestId == contest.ContestId).ToArray();
            var taking = accepted.Count(e => !withdrawn.Contains((e.ContestId, e.EntryId)));
            if (taking > contest.MaxEntries)
                yield return $"{contest.ContestId} has {taking} entries and room for {contest.MaxEntries}";
            if (accepted.Select(e => e.AcceptanceNo).Distinct().Count() < accepted.Length)
                yield return $"{contest.ContestId} gave an acceptance number twice";
            var mayPlay = contest.GuaranteedPoolMinor is not null || taking >= contest.MinEntries;
            if (mayPlay && calledOff.Contains(contest.ContestId))
                yield return $"{contest.ContestId} was called off with {taking} entries, and needs {contest.MinEntries}";
            if (!mayPlay && paidOut.Contains(contest.ContestId))
                yield return $"{contest.ContestId} was played with {taking} entries, and needs {contest.MinEntries}";
            foreach (var late in accepted.Where(e => e.AcceptedAt >= contest.LockAt))
                yield return $"{late.EntryId} was accepted at {late.AcceptedAt:u}, after the lock";
        }

        var transfers = SimTransfers.ByRevision(world).ToLookup(t => (t.ContestId, t.Revision), t => t.Transfer);
        foreach (var paid in world.Broker.Messages<ContestPaidV1>())
        {
            var went = transfers[(paid.ContestId, paid.Revision)].ToArray();
            var moved = went.Sum(t => t.AmountMinor);
            // What had failed when the contest was paid, and went when a person sent it again, is not in its message.
            var later = went.Where(t => world.Stripe.Retried.Contains(t.TransferGroup!)).Sum(t => t.AmountMinor);
            if (paid.PaidMinor != moved && paid.PaidMinor != moved - later)
                yield return string.Create(CultureInfo.InvariantCulture,
                    $"{paid.ContestId} says it paid {paid.PaidMinor} in revision {paid.Revision}, {moved} went");
        }
    }

    /// <summary>Our books, Stripe's, and the events between.</summary>
    private static async Task<IEnumerable<string>> Differences(SimWorld world, SimLane lane, CancellationToken ct)
    {
        var payout = lane.Slots.First(s => s.Worker == PayoutWorker.Name);
        var stripe = payout.Process!.Services.GetRequiredKeyedService<Stripe.IStripeClient>(StripeWire.ReadingStripe);
        var now = world.Clock.GetUtcNow();
        var report = await ReconcileRun.Run(payout.Database, stripe, now.AddDays(-29), now, TimeSpan.Zero, world.Clock, (_, _) =>
        {
        }, ct);

        // Virtual days pass while things go wrong: what came late did come. What was forged is to be found, and nothing else.
        var forged =
            report.Differences.Where(d => world.Forged.Contains(d.Subject) && d.Leg == ReconcileLegs.Events || IsByOthers(d))
                .ToArray();
        var unseen = world.Stripe.MovedByOthers.Where(m => !world.IsLong
            && !report.Differences.Any(d => $"{d.Subject} {d.What}".Contains(m.Source, StringComparison.Ordinal)
                || $"{d.Subject} {d.What}".Contains(m.Id, StringComparison.Ordinal)));
        return report.Differences.Except(forged).Where(d => d.Kind != DifferenceKinds.Late).Select(d => $"reconciliation: {d}")
            .Concat(unseen.Select(m => $"{m.Source} ({m.Id}) moved money at Stripe, and reconciliation knows nothing of it"));

        bool IsByOthers(Difference difference) =>
            world.Stripe.ByOthers.Any(id => $"{difference.Subject} {difference.What}".Contains(id, StringComparison.Ordinal));
    }

    /// <summary>Where the money of a seed that did not end stands.</summary>
    internal static async Task<IEnumerable<string>> Dump(SimLane lane) =>
        (await lane.Admin.QueryAsync<string>("select 'contest ' || c::text from payout.contest c")).Concat(
            await lane.Admin.QueryAsync<string>("select 'payout ' || p::text from payout.payout p")).Concat(
            await lane.Admin.QueryAsync<string>("select 'settlement ' || s::text from payout.settlement s"));
}
