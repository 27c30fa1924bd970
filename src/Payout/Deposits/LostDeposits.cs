using ContestPipeline.Contracts;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Recovery;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.Rereads;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Payout.Wallet;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Stripe;

namespace ContestPipeline.Payout.Deposits;

/// <summary>
/// A deposit is asked for over HTTP, so that nothing that is read again says of it: once a recovery has begun, Stripe's payment
/// intents since the loss are looked through, and deposits that the books lack are written as they were asked for. What was
/// paid of them is then read and credited as of any other.
/// </summary>
public sealed class LostDeposits(
    [FromKeyedServices(PayoutWorker.Name)] WorkerDatabase database, StripeGateway stripe, DepositRules rules) : IRereads
{
    private const string What = "deposits-since";

    private DateTimeOffset notBefore;

    /// <returns>How many were written again.</returns>
    public async Task<int> ReadStale(CancellationToken ct)
    {
        var lostSince = await database.Run(async tx => tx.Now < notBefore ? null : await tx.DepositsLostSince(), ct);
        if (lostSince is not { } since) return 0;
        var seen = await stripe.Look(
            "payment_intents.list",
            async (client, token) => await IntentCalls.Since(client, since, intent => Of(intent, rules) is not null, token), ct);
        if (seen is not StripeAnswer.Found { Object: CompleteList<PaymentIntent> shown })
        {
            if (stripe.IsSilent) return 0;
            await database.Run(
                tx => tx.NotRead(What, $"{since:u}", seen, at =>
                {
                    notBefore = at;
                    return Task.CompletedTask;
                }), ct);
            return 0;
        }

        (Deposit Deposit, string? Secret)[] named =
        [
            .. from intent in shown.Items.OrderBy(i => i.Created).ThenBy(i => i.Id, StringComparer.Ordinal)
               let deposit = Of(intent, rules)
               where deposit is not null
               select (deposit, intent.ClientSecret),
        ];
        return await database.Run(
            async tx =>
            {
                var made = 0;
                foreach (var (deposit, secret) in named)
                    if (await MakeAgain(deposit, secret, tx)) made++;
                await tx.WasRead(What, $"{since:u}");
                await tx.DepositsWereSeen(since);
                return made;
            }, ct);
    }

    /// <summary>
    /// An intent is believed when its id, player and key are those of one deposit, as our own request writes them, and its
    /// amount is one that a deposit may have. Whoever could forge one would have paid it.
    /// </summary>
    /// <returns>The deposit as it was asked for; null: the intent is of none.</returns>
    public static Deposit? Of(PaymentIntent intent, DepositRules rules)
    {
        if (intent.Metadata?.GetValueOrDefault("deposit") is not { } depositId
            || intent.Metadata.GetValueOrDefault("player_id") is not { } playerId
            || RequestOf(depositId, playerId) is not { } requestId
            || DepositDecision.Fault(new DepositRequest(requestId, intent.Amount, intent.Currency)) is not null
            || intent.Metadata.GetValueOrDefault(IntentCalls.KeyMark) is not { } mark || IntentNo(depositId, mark) is not { } no)
            return null;
        return new Deposit(
            depositId, playerId, requestId, intent.Amount, rules.FeeMinor(intent.Amount), intent.Currency,
            DepositState.RequiresPayment, null, no, intent.Id, intent.Status, null, null, null, 0, false, false,
            intent.Created.Utc());
    }

    /// <returns>Null: the id is not one of the player's, or too long to say of which request it is.</returns>
    private static string? RequestOf(string depositId, string playerId)
    {
        var requestId = Uri.UnescapeDataString(depositId[(depositId.LastIndexOf('/') + 1)..]);
        return Deposit.IdOf(playerId, requestId) == depositId ? requestId : null;
    }

    private static int? IntentNo(string depositId, string mark) =>
        mark == StripeCall.KeyOf(depositId) ? 1
        : mark.StartsWith($"{depositId}/", StringComparison.Ordinal)
            && int.TryParse(mark.AsSpan(depositId.Length + 1), out var no) && no > 1 ? no
        : null;

    private static async Task<bool> MakeAgain(Deposit deposit, string? secret, Tx tx)
    {
        await tx.LockWallets([deposit.Wallet]);
        if (await tx.FindDeposit(deposit.DepositId) is not null) return false;
        await tx.InsertDeposit(deposit);
        await tx.SaveDepositSecret(deposit, secret);
        await tx.UpdateDeposit(deposit);
        await tx.ReadDepositAt(deposit.DepositId, tx.Now);
        await tx.Audit(new AuditEntry(
            "system", "deposit-made-again", deposit.DepositId, null, deposit.PlayerId, null,
            $"the books had lost it; Stripe has intent {deposit.IntentId}",
            $"{deposit.AmountMinor} {deposit.Currency}, {deposit.StripeStatus} at Stripe"));
        return true;
    }
}
