using System.Globalization;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Deposits;
using Dapper;

namespace ContestPipeline.Simulation;

/// <summary>
/// What each wallet holds, by Stripe's books alone: what was paid in and won, less what was withdrawn or is on its way, what went
/// back to cards and what banks took back; more only where an open alert names a loss. Lots and ledger say the same.
/// </summary>
internal static class SimSavings
{
    /// <summary>Every deposit, refund and dispute that Stripe has is known here as it stands there.</summary>
    internal static async Task<bool> AreKnown(SimWorld world, SimLane lane)
    {
        if (world.Wallets is not { } wallets) return true;
        var hands = new SimHands(world);
        var paid = await Known(
            "select intent_id from payout.wallet_deposit where state = 'paid' and stripe_fee_minor is not null");
        var refunded = await Known("select refund_id from payout.deposit_refund where refund_id is not null");
        var disputes = await Known("select dispute_id || phase from payout.dispute where phase = applied and not stale");
        return Succeeded(hands).All(i => paid.Contains(i.Id))
            && hands.All("/v1/refunds").Where(wallets.Owns).All(r => refunded.Contains(r.GetProperty("id").GetString()!))
            && wallets.Disputes.All(d => disputes.Contains(d.Id + (d.Outcome ?? DisputePhase.Open)));

        async Task<HashSet<string>> Known(string sql) =>
            (await lane.Admin.QueryAsync<string>(sql)).ToHashSet(StringComparer.Ordinal);
    }

    internal static async Task<IReadOnlyList<string>> Faults(SimWorld world, SimLane lane)
    {
        if (world.Wallets is not { } wallets) return [];
        var hands = new SimHands(world);
        var faults = new List<string>();
        var lots = await Minor("select player_id, sum(left_minor)::bigint from payout.wallet_lot group by player_id");
        var books = await Minor(
            "select substr(account, 8), sum(balance_minor)::bigint from payout.ledger_account where account like 'wallet:%' "
                + "group by account");
        var withdrawals = Wallets.Withdrawals(world);
        var onTheirWay = world.Broker.Messages<PayoutChangedV1>().Where(p => withdrawals.Contains(p.PayoutId))
            .GroupBy(p => p.PayoutId).Select(p => p.MaxBy(change => change.ChangeNo)!)
            .Where(p => !PayoutStates.IsTerminal(p.State)).ToLookup(p => p.PlayerId, p => p.AmountMinor);
        var (paid, refunds) = (Succeeded(hands), hands.All("/v1/refunds").Where(wallets.Owns).ToArray());
        foreach (var player in wallets.Intents.Values.Union(lots.Keys).Union(books.Keys).Order(StringComparer.Ordinal))
        {
            var (lotsMinor, bookedMinor) = (lots.GetValueOrDefault(player), books.GetValueOrDefault(player));
            if (lotsMinor != bookedMinor || lotsMinor < 0)
                faults.Add(Text($"the lots of {player} hold {lotsMinor}, the ledger {bookedMinor}"));
            var outMinor = onTheirWay[player].Sum()
                + world.Stripe.State.Transfers.Where(t => t.TransferGroup is { } group && withdrawals.Contains(group)
                    && world.Stripe.Holders.GetValueOrDefault(t.Destination) == player).Sum(t => t.AmountMinor - t.ReversedMinor);
            if (outMinor > 0) world.Faults.Hit("withdrawn from a wallet");
            var mostMinor = paid.Where(p => wallets.Intents[p.Id] == player).Sum(p => p.AmountMinor)
                + wallets.Wins.Where(w => w.PlayerId == player).Sum(w => w.AmountMinor) - outMinor
                - refunds.Where(r => r.GetProperty("status").GetString() is "succeeded" or "pending"
                    && wallets.Intents[r.GetProperty("payment_intent").GetString()!] == player)
                    .Sum(r => r.GetProperty("amount").GetInt64());
            var lost = wallets.Disputes.Where(d => d.PlayerId == player && d.Outcome == Disputed.Lost).ToArray();
            var dueMinor = mostMinor - lost.Sum(d => d.AmountMinor);
            var isTold = lost.Any(d => world.Broker.Messages<AlertRaisedV1>()
                .Any(a => a.Kind == "deposit-loss" && a.Subject == d.Id));
            if (lotsMinor != dueMinor && !(isTold && lotsMinor > dueMinor && lotsMinor <= mostMinor))
                faults.Add(Text($"the wallet of {player} holds {lotsMinor}, by Stripe's books {dueMinor} to {mostMinor}"));
            if (isTold) world.Faults.Hit("lost deposit was not in the wallet any more");
        }

        faults.AddRange(AboveLimit(world, wallets, paid));
        return faults;

        async Task<Dictionary<string, long>> Minor(string sql) =>
            (await lane.Admin.QueryAsync<(string PlayerId, long Minor)>(sql))
                .ToDictionary(l => l.PlayerId, l => l.Minor, StringComparer.Ordinal);
    }

    /// <returns>A dispute of a deposit that was told of and is not decided; null: nothing freezes the player's wallet.</returns>
    internal static string? Frozen(SimWorld world, string playerId) => world.Wallets!.Disputes
        .FirstOrDefault(d => d.PlayerId == playerId && d.Outcome is null && world.Broker.Messages<AlertRaisedV1>()
            .Any(a => a.Kind == $"dispute-{DisputePhase.Open}" && a.Subject == d.Id
                && !a.Cause.Contains("player unknown", StringComparison.Ordinal)))?.Id;

    /// <summary>Within no day more was paid in than may be; Stripe tells of whole seconds, and processes by their own
    /// clocks.</summary>
    private static IEnumerable<string> AboveLimit(
        SimWorld world, Wallets wallets, IReadOnlyList<(string Id, long AmountMinor, DateTimeOffset At)> paid)
    {
        var day = DepositRules.Window - 2 * world.Clock.Apart - TimeSpan.FromSeconds(2);
        foreach (var first in paid)
        {
            var sumMinor = paid.Where(p => wallets.Intents[p.Id] == wallets.Intents[first.Id] && p.At >= first.At
                && p.At < first.At + day).Sum(p => p.AmountMinor);
            if (sumMinor > DepositRules.WindowMinorMax)
                yield return Text($"{wallets.Intents[first.Id]} paid in {sumMinor} within a day from {first.At:u}");
        }
    }

    private static IReadOnlyList<(string Id, long AmountMinor, DateTimeOffset At)> Succeeded(SimHands hands)
    {
        var charged = hands.All("/v1/charges").ToDictionary(
            c => c.GetProperty("id").GetString()!, c => DateTimeOffset.FromUnixTimeSeconds(c.GetProperty("created").GetInt64()),
            StringComparer.Ordinal);
        return
        [
            .. hands.All("/v1/payment_intents")
                .Where(i => Wallets.IsDeposit(i) && i.GetProperty("status").GetString() == "succeeded")
                .Select(i => (i.GetProperty("id").GetString()!, i.GetProperty("amount").GetInt64(),
                    charged[i.GetProperty("latest_charge").GetString()!])),
        ];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
