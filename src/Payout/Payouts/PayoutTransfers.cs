using ContestPipeline.Payout.StripeApi;
using Stripe;

namespace ContestPipeline.Payout.Payouts;

/// <summary>The requests to Stripe that are about a payout's transfer.</summary>
public static class PayoutTransfers
{
    /// <summary>Transfers looked at for one payout before giving up; there should be one.</summary>
    public const int LookUpMax = 10_000;

    /// <param name="sendBefore">After this moment the lease may not cover the call any more, and it is not made.</param>
    /// <returns>Found with the transfer, or how the call ended otherwise.</returns>
    public static Task<StripeAnswer> Send(
        this StripeGateway stripe, PayoutRecord payout, PayoutAttempt attempt, DateTimeOffset sendBefore, CancellationToken ct) =>
        stripe.Change("transfers.create", async (client, token) =>
        {
            var transfer = await new TransferService(client).CreateAsync(
                new TransferCreateOptions
                {
                    Amount = payout.AmountMinor,
                    Currency = payout.Currency,
                    Destination = attempt.Destination,
                    TransferGroup = payout.PayoutId,
                    Metadata = new Dictionary<string, string>
                    {
                        ["payout_id"] = payout.PayoutId,
                        ["contest_id"] = payout.ContestId,
                        ["player_id"] = payout.PlayerId,
                        ["attempt"] = attempt.IdempotencyKey,
                    },
                },
                new RequestOptions { IdempotencyKey = attempt.IdempotencyKey },
                token);
            return transfer.Id is { Length: > 0 }
                ? new StripeAnswer.Found(TransferFacts.Of(transfer)) : new StripeAnswer.Unknown("the answer shows no transfer");
        }, sendBefore, ct);

    /// <summary>
    /// Lists what may be the transfer of a payout: everything of its group, and what went to the same account since its first
    /// attempt.
    /// </summary>
    /// <param name="destination">The account.</param>
    /// <param name="since">By Stripe's clock; earlier transfers to the account are left out.</param>
    /// <returns>Found with <see cref="TransfersShown"/>, or <see cref="LookUpResult.AskAgain"/>.</returns>
    public static Task<LookUpResult> LookUp(
        this StripeGateway stripe, PayoutRecord payout, string destination, DateTimeOffset since, CancellationToken ct) =>
        stripe.LookUp(StripeGateway.Reads, "transfers.list", async (client, token) =>
        {
            var service = new TransferService(client);
            return new LookUpResult.Found(new TransfersShown(
                await List(new TransferListOptions { TransferGroup = payout.PayoutId }),
                await List(new TransferListOptions
                {
                    Destination = destination, Created = new DateRangeOptions { GreaterThanOrEqual = since.UtcDateTime },
                })));

            Task<CompleteList<TransferFacts>> List(TransferListOptions options) => CompleteList<TransferFacts>.Read(
                options, page => service.ListAsync(page, cancellationToken: token), TransferFacts.Of, LookUpMax);
        }, ct);

    /// <returns>What differs from what was asked; null when it is the transfer of this payout.</returns>
    public static string? DiffersFrom(this TransferFacts transfer, PayoutRecord payout, string destination) =>
        transfer.AmountMinor != payout.AmountMinor
            ? $"transfer {transfer.TransferId} has amount {transfer.AmountMinor}, asked {payout.AmountMinor}"
        : !string.Equals(transfer.Currency, payout.Currency, StringComparison.OrdinalIgnoreCase)
            ? $"transfer {transfer.TransferId} is in {transfer.Currency}, asked {payout.Currency}"
        : transfer.Destination != destination
            ? $"transfer {transfer.TransferId} went to {transfer.Destination}, asked {destination}"
        : transfer.TransferGroup != payout.PayoutId
            ? $"transfer {transfer.TransferId} has group {transfer.TransferGroup}, asked {payout.PayoutId}"
        : null;
}
