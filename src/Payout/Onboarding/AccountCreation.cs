using ContestPipeline.Plumbing;
using Stripe;

namespace ContestPipeline.Payout;

/// <summary>The account Stripe is asked for.</summary>
public sealed record AccountToMake(string PlayerId, string Country);

/// <summary>Makes the account of a winner, once: the player's own dashboard, Stripe asks the questions, the platform bears fees and losses.</summary>
public sealed class AccountCreation : ICallKind
{
    public const string KindName = "account-create";

    private const string KeyMark = "account_key";

    /// <summary>Accounts looked at to find one that was made without an answer.</summary>
    private const int LookUpMax = 10_000;

    public string Kind => KindName;

    public string Endpoint => "accounts.create";

    public async Task<object> Perform(IStripeClient stripe, OpenCall call, RequestOptions options, CancellationToken ct)
    {
        var wanted = call.Parameters<AccountToMake>();
        return await new AccountService(stripe).CreateAsync(
            new AccountCreateOptions
            {
                Country = wanted.Country,
                Controller = new AccountControllerOptions
                {
                    Fees = new AccountControllerFeesOptions { Payer = "application" },
                    Losses = new AccountControllerLossesOptions { Payments = "application" },
                    RequirementCollection = "stripe",
                    StripeDashboard = new AccountControllerStripeDashboardOptions { Type = "express" },
                },
                Capabilities = new AccountCapabilitiesOptions { Transfers = new AccountCapabilitiesTransfersOptions { Requested = true } },
                Metadata = new Dictionary<string, string> { ["player_id"] = wanted.PlayerId, [KeyMark] = call.Key },
            },
            options, ct);
    }

    public async Task<object?> LookUp(IStripeClient stripe, OpenCall call, CancellationToken ct)
    {
        var since = call.FirstUsedAt.AddHours(-1).UtcDateTime;
        var seen = 0;
        var options = new AccountListOptions { Created = new DateRangeOptions { GreaterThanOrEqual = since }, Limit = 100 };
        await foreach (var account in new AccountService(stripe).ListAutoPagingAsync(options, cancellationToken: ct))
        {
            Invariant.Holds(++seen <= LookUpMax, $"call {call.Key}: more than {LookUpMax} accounts since {since:O}");
            if (account.Metadata?.GetValueOrDefault(KeyMark) == call.Key) return account;
        }

        return null;
    }

    /// <summary>The account is only hinted at: it is read before the player is told.</summary>
    public async Task Apply(StripeCallAnswer answer, OpenCall call, Tx tx)
    {
        var playerId = call.Parameters<AccountToMake>().PlayerId;
        await tx.LockPlayer(playerId);
        if (answer is StripeCallAnswer.Success success) await tx.HintAccount(((Account)success.Made).Id, playerId);
        if (answer is StripeCallAnswer.Refused refused)
            tx.Alert($"account-refused/{call.Key}", "critical", "account-refused", playerId,
                $"Stripe did not make an account for player {playerId}: {refused.What}", "Mend the cause Stripe names; it is asked again every day.");
        if (await tx.LockOnboarding(playerId) is { } open)
            await tx.SaveOnboarding(open with { NextAt = answer is StripeCallAnswer.Refused ? tx.Now.AddDays(1) : tx.Now });
    }
}
