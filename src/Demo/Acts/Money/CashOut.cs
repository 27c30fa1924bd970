using System.Net;
using ContestPipeline.Contracts;

namespace ContestPipeline.Demo;

/// <summary>
/// What happens to money in wallets: one player withdraws the winnings, one has some of a deposit back on the card, one disputes
/// a deposit and loses it; then each wallet's lots are what the ledger says.
/// </summary>
public sealed class CashOut : IAct
{
    private const string Withdrawals = "/v1/me/wallet/withdrawals";
    private const string Refunds = "/v1/me/wallet/refunds";
    private const long RefundMinor = 10_00;

    public async Task Play(DemoContext context, CancellationToken ct)
    {
        var wallets = new Wallets(context);
        await Task.WhenAll(
            Withdraw(context, wallets, StakedChallenge.PlayerId(1), ct),
            Refund(context, wallets, StakedChallenge.PlayerId(2), ct),
            Dispute(context, wallets, StakedChallenge.PlayerId(3), ct));
        var differing = await context.Environment.Database.WalletsThatDiffer(ct);
        context.Check(differing.Count == 0, $"lots are not what the ledger has: {string.Join(", ", differing)}");
    }

    private static async Task Withdraw(DemoContext context, Wallets wallets, string player, CancellationToken ct)
    {
        var balance = (await wallets.Show(player, ct)).GetProperty("balances").EnumerateArray().Single();
        var withdrawable = balance.GetProperty("withdrawableMinor").GetInt64();
        var tooMuch = await wallets.TryAsk(player, Withdrawals, withdrawable + 1, ct);
        context.Check(tooMuch.Status == HttpStatusCode.Conflict,
            $"{player} asked for a deposit of today to the bank, and Payout answered {(int)tooMuch.Status}");
        await wallets.Ask(player, Withdrawals, withdrawable, ct);
        await context.Until($"the withdrawal of {player} is paid",
            told => told.Withdrawals.Any(w => w.PlayerId == player && w.State == PayoutStates.Paid), ct);
        context.Say(
            $"wallet: {player} withdrew the winnings of {Figures.Usd(withdrawable)}; the deposit only goes back to the card");
    }

    private static async Task Refund(DemoContext context, Wallets wallets, string player, CancellationToken ct)
    {
        await wallets.Ask(player, Refunds, RefundMinor, ct);
        await wallets.Ask(player, Refunds, RefundMinor, ct);
        await context.Until($"the deposit of {player} is back on the card", async () =>
            (await wallets.Standing(player, Refunds, ct)).GetProperty("parts").EnumerateArray()
                .All(p => p.GetProperty("state").GetString() == "done"), ct);
        var made = await context.Environment.Stripe.Count(
            $"refunds?payment_intent={await context.Environment.Database.DepositIntent(player, ct)}", ct);
        context.Check(made == 1, $"{player} asked twice for one refund, and Stripe made {made}");
        context.Say(
            $"wallet: {player} has {Figures.Usd(RefundMinor)} of the deposit back on the card, asked for twice, made once");
    }

    private static async Task Dispute(DemoContext context, Wallets wallets, string player, CancellationToken ct)
    {
        var (before, _) = await wallets.Balance(player, ct);
        var intent = await context.Environment.Database.DepositIntent(player, ct);
        var dispute = await context.Environment.Stripe.OpenDispute(intent, ct);
        await context.Until($"the wallet of {player} is frozen",
            async () => (await wallets.Show(player, ct)).GetProperty("isFrozen").GetBoolean(), ct);
        var frozen = await wallets.TryAsk(player, Refunds, RefundMinor, ct);
        context.Check(frozen.Status == HttpStatusCode.Conflict, $"a frozen wallet was answered {(int)frozen.Status}");
        await context.Environment.Stripe.CloseDispute(dispute, won: false, ct);
        await context.Until($"the lost deposit of {player} is taken from the wallet", async () =>
            !(await wallets.Show(player, ct)).GetProperty("isFrozen").GetBoolean()
                && (await wallets.Balance(player, ct)).AvailableMinor == before - StakedChallenge.DepositMinor, ct);
        context.Say(
            $"wallet: {player} disputed the deposit, and the wallet was frozen; lost, "
                + $"{Figures.Usd(StakedChallenge.DepositMinor)} were taken from it, and "
                + $"{Figures.Usd(before - StakedChallenge.DepositMinor)} are left");
    }
}
