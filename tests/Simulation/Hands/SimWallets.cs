using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Deposits;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Wallet;
using ContestPipeline.Payout.Withdrawals;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Simulation;

/// <summary>
/// In some seeds players who enter no contest pay into wallets: more than a day's limit, with cards that are declined or never
/// used; they ask for some of it back to the card, and for other of it at their bank, which decides or has not by the end. What
/// they win they withdraw.
/// </summary>
internal sealed partial class SimHands
{
    private const int WalletsMax = 2;
    private const int DepositsMax = 4;
    private const int CardRefundsMax = 3;
    private const int WinsMax = 2;
    private const int WinHoursMax = 12;
    private const int WithdrawalsMax = 3;
    private const int WalletHoursMax = 60;
    private const int DisputedDepositPercent = 30;
    private const int UnpaidDepositPercent = 8;

    private static readonly long[] s_depositsMinor = [1_000, 40_000, 70_000];
    private static readonly long[] s_cardRefundsMinor = [100, 1_000, 40_000];
    private static readonly long[] s_winsMinor = [700, 3_000, 30_000];
    private static readonly long[] s_withdrawalsMinor = [300, 1_000, 3_000];
    private readonly SeededRandom savers = world.ChanceOf("savers");
    private readonly Queue<Func<SimSlot, CancellationToken, Task<bool>>> toAsk = [];

    /// <summary>All of a kind that Stripe has but what concerns wallets, oldest first.</summary>
    internal IReadOnlyList<JsonElement> Listed(string path) =>
        world.Wallets is { } wallets ? [.. All(path).Where(e => !wallets.Owns(e) && !Wallets.IsDeposit(e))] : All(path);

    /// <summary>All of a kind that Stripe has, oldest first.</summary>
    internal IReadOnlyList<JsonElement> All(string path)
    {
        using var list = JsonDocument.Parse(world.Stripe.Ask("GET", path, "limit=100"));
        return [.. list.RootElement.GetProperty("data").EnumerateArray().Select(e => e.Clone()).Reverse()];
    }

    private void PlanWallets()
    {
        for (var n = world.Wallets is null ? 0 : 1 + savers.Next(WalletsMax); n > 0; n--)
        {
            var player = $"saver-{n}";
            for (var no = 1 + savers.Next(DepositsMax); no > 0; no--)
                PlanAsk(Pay(player, new DepositRequest($"d{no}", savers.Pick(s_depositsMinor), "usd")));
            for (var no = savers.Next(CardRefundsMax + 1); no > 0; no--)
                PlanAsk(GiveBack(player, new WalletRefundRequest($"r{no}", savers.Pick(s_cardRefundsMinor), "usd")));
            for (var no = 1 + savers.Next(WinsMax); no > 0; no--)
                PlanAsk(Win(new SimWin(player, $"won/{player}/w{no}", savers.Pick(s_winsMinor))), WinHoursMax);
            for (var no = savers.Next(WithdrawalsMax + 1); no > 0; no--)
                PlanAsk(Withdraw(player, new WithdrawalRequest($"out{no}", savers.Pick(s_withdrawalsMinor), "usd")));
        }
    }

    /// <summary>Who hears no answer asks again, by the same request.</summary>
    private void PlanAsk(Func<SimSlot, CancellationToken, Task<bool>> ask, int hoursMax = WalletHoursMax) =>
        Plan(TimeSpan.FromMinutes(savers.Next(60 * hoursMax)), () =>
        {
            for (var copies = savers.Chance(world.Weather.RepeatPercent) ? 2 : 1; copies > 0; copies--) toAsk.Enqueue(ask);
        });

    private Func<SimSlot, CancellationToken, Task<bool>> Pay(string player, DepositRequest request) => async (slot, ct) =>
    {
        var (deposit, decision) = await slot.Desk.Run(tx => tx.AskDeposit(player, request, new DepositRules()), ct);
        world.Note($"{player} asks to pay in {request.AmountMinor}: {decision.GetType().Name}");
        world.Faults.Hit(deposit is null ? "deposit above the limit refused" : "deposit asked for");
        return decision is DepositDecision.Ask;
    };

    private Func<SimSlot, CancellationToken, Task<bool>> GiveBack(
        string player, WalletRefundRequest request) => async (slot, ct) =>
    {
        var decision = await slot.Desk.Run(tx => tx.RefundToCard(player, request), ct);
        world.Note($"{player} asks for {request.AmountMinor} back to the card: {decision.GetType().Name}");
        world.Faults.Hit(decision is WalletRefundDecision.Give ? "deposit asked back" : "deposit asked back in vain");
        if (decision is not WalletRefundDecision.Give) return false;
        if (SimSavings.Frozen(world, player) is { } dispute)
            world.Wrongs.Add($"{player} gets {request.AmountMinor} back to the card while dispute {dispute} is open");
        return true;
    };

    private Func<SimSlot, CancellationToken, Task<bool>> Win(SimWin win) => async (slot, ct) =>
    {
        if (world.Wallets!.Wins.Contains(win)) return false;
        await slot.Desk.Run(win.Credit, ct);
        world.Wallets.Wins.Add(win);
        world.Note($"{win.PlayerId} wins {win.AmountMinor}");
        return true;
    };

    private Func<SimSlot, CancellationToken, Task<bool>> Withdraw(
        string player, WithdrawalRequest request) => async (slot, ct) =>
    {
        var decision = await slot.Desk.Run(tx => tx.Withdraw(player, request), ct);
        world.Note($"{player} withdraws {request.AmountMinor}: {decision.GetType().Name}");
        world.Faults.Hit(decision is WithdrawalDecision.Take ? "withdrawal asked for" : "withdrawal asked for in vain");
        if (decision is not WithdrawalDecision.Take) return false;
        if (SimSavings.Frozen(world, player) is { } dispute)
            world.Wrongs.Add($"{player} withdraws {request.AmountMinor} while dispute {dispute} is open");
        return true;
    };

    /// <summary>As the interface for players does.</summary>
    private async Task AskOfWallet(SimLane lane, CancellationToken ct)
    {
        var payout = lane.Slots.Where(s => s.Worker == PayoutWorker.Name).ToArray();
        if (!await toAsk.Dequeue()(payout[0], ct)) return;
        world.Committed?.Invoke(PayoutWorker.Name);
        foreach (var process in payout.Select(s => s.Process!))
        {
            process.HasCommitted = true;
            foreach (var round in process.Rounds) round.IsDue |= round.Name is "calls" or "runner";
        }
    }

    private void SeeWallets()
    {
        if (world.Wallets is not { } wallets) return;
        foreach (var intent in All("/v1/payment_intents").Where(Wallets.IsDeposit))
        {
            var (id, status) = (intent.GetProperty("id").GetString()!, intent.GetProperty("status").GetString());
            wallets.Intents[id] = intent.GetProperty("metadata").GetProperty("player_id").GetString()!;
            if (status == "succeeded" && seenPaid.Add(id) && savers.Chance(DisputedDepositPercent))
                Plan(savers.Pick(s_disputedAfter), () => DisputeDeposit(id));
            if (status != "requires_payment_method" || !seenIntents.Add(id) || savers.Chance(UnpaidDepositPercent)) continue;
            var card = savers.Chance(10) ? DisputedCard : savers.Pick(s_cards);
            Plan(TimeSpan.FromMinutes(savers.Pick([0, 0, 5, 30, 90])), () =>
            {
                world.Note($"the player of deposit {id} pays with {card}");
                world.Stripe.Try(
                    "POST", $"/v1/payment_intents/{id}/confirm", $"payment_method={card}&return_url=https%3A%2F%2Fsimulation");
                SeeWallets();
            });
        }

        foreach (var dispute in All("/v1/disputes").Where(wallets.Owns)) SeeDisputed(wallets, dispute);
    }

    private void DisputeDeposit(string intentId)
    {
        if (world.Wallets!.Disputes.Any(d => d.IntentId == intentId)
            || All("/v1/refunds").Any(r => r.GetProperty("payment_intent").GetString() == intentId)) return;
        Admin("/_admin/disputes", $$"""{"payment_intent":"{{intentId}}"}""");
        SeeWallets();
    }

    private void SeeDisputed(Wallets wallets, JsonElement dispute)
    {
        var (id, intentId) = (dispute.GetProperty("id").GetString()!, dispute.GetProperty("payment_intent").GetString()!);
        if (wallets.Disputes.Any(d => d.Id == id)) return;
        wallets.Disputes.Add(
            new DisputedDeposit(id, intentId, wallets.Intents[intentId], dispute.GetProperty("amount").GetInt64(), null));
        world.Note($"{wallets.Intents[intentId]} disputes a deposit");
        world.Faults.Hit("deposit disputed");
        if (!savers.Chance(ClosedPercent)) return;
        Plan(savers.Pick(s_closedAfter), () =>
        {
            var outcome = savers.Chance(40) ? Disputed.Won : Disputed.Lost;
            var at = wallets.Disputes.FindIndex(d => d.Id == id);
            world.Note($"the dispute about a deposit of {wallets.Disputes[at].PlayerId} is {outcome}");
            world.Faults.Hit($"dispute of a deposit {outcome}");
            Admin($"/_admin/disputes/{id}/close", $$"""{"outcome":"{{outcome}}"}""");
            wallets.Disputes[at] = wallets.Disputes[at] with { Outcome = outcome };
        });
    }
}
