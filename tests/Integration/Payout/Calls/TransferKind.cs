using ContestPipeline.Contracts;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Stripe;

namespace ContestPipeline.Integration.Payout.Calls;

/// <summary>The parameters of a call of these tests.</summary>
public sealed record TransferParameters(string Destination, long AmountMinor);

/// <summary>A kind of call that is easy to count at Stripe: a transfer, and a ledger line once it is answered.</summary>
public sealed class TransferKind : IStripeRequestHandler
{
    public const string Name = "test-transfer";

    public string Kind => Name;

    public string Endpoint => "transfers.create";

    public static StripeCall Call(string subject, string destination, int n = 1) =>
        new($"{subject}/{n}", Name, subject, new TransferParameters(destination, 100));

    public async Task<object> Perform(IStripeClient stripe, OpenCall call, RequestOptions options, CancellationToken ct)
    {
        var parameters = call.Parameters<TransferParameters>();
        return await new TransferService(stripe).CreateAsync(
            new TransferCreateOptions
            {
                Amount = parameters.AmountMinor,
                Currency = "usd",
                Destination = parameters.Destination,
                TransferGroup = call.Subject,
                Metadata = new Dictionary<string, string> { ["payout_id"] = call.Subject, ["contest_id"] = call.Subject },
            },
            options, ct);
    }

    public async Task<LookUpResult> LookUp(IStripeClient stripe, OpenCall call, CancellationToken ct)
    {
        var service = new TransferService(stripe);
        var list = await CompleteLists.Read(
            new TransferListOptions { TransferGroup = call.Subject }, page => service.ListAsync(page, cancellationToken: ct),
            itemsMax: 1000);
        return list.Items.Count > 0 ? new LookUpResult.Found(list.Items[0]) : LookUpResult.FoundNone.In(list);
    }

    public async Task Apply(StripeCallAnswer answer, OpenCall call, Tx tx)
    {
        switch (answer)
        {
            case StripeCallAnswer.Success { Made: Transfer transfer }:
                await tx.Post([
                    new LedgerLine($"test/{call.Key}", LedgerAccounts.Refunds, LedgerAccounts.StripeBalance, "usd",
                        transfer.Amount, "test", transfer.Id, call.Subject, 0)]);
                break;
            case StripeCallAnswer.Gone:
                await tx.Call(Call(call.Subject, call.Parameters<TransferParameters>().Destination, 2));
                break;
            case StripeCallAnswer.Refused refused:
                tx.Alert(new Alert($"test-refused/{call.Key}", AlertSeverity.Warning, "test-refused", call.Subject,
                    refused.What, "nothing"));
                break;
        }
    }
}
