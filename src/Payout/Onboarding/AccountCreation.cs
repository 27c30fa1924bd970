using ContestPipeline.Plumbing;
using Stripe;

namespace ContestPipeline.Payout;

/// <summary>The account Stripe is asked for.</summary>
/// <param name="Mark">Nobody outside can know it before the account is made, so that whoever writes accounts at Stripe cannot make one that looks like ours; null: there is none.</param>
public sealed record AccountToMake(string PlayerId, string Country, string? Mark = null);

/// <summary>Makes the account of a winner, once: the player's own dashboard, Stripe asks the questions, the platform bears fees and losses.</summary>
public sealed class AccountCreation : ICallKind
{
    public const string KindName = "account-create";

    private const string KeyMark = "account_key";
    private const string SecretMark = "account_mark";

    /// <summary>Stripe's clock and ours may be so far apart.</summary>
    private static readonly TimeSpan s_clocksDiffer = TimeSpan.FromHours(1);

    /// <summary>For so long after its first use a key of ours may have made an account.</summary>
    private static readonly TimeSpan s_keyLives = TimeSpan.FromHours(24);

    /// <summary>Accounts looked at to find one that was made without an answer.</summary>
    private const int LookUpMax = 10_000;

    public string Kind => KindName;

    public string Endpoint => "accounts.create";

    public async Task<object> Perform(IStripeClient stripe, OpenCall call, RequestOptions options, CancellationToken ct)
    {
        var wanted = call.Parameters<AccountToMake>();
        var metadata = new Dictionary<string, string> { ["player_id"] = wanted.PlayerId, [KeyMark] = call.Key };
        if (wanted.Mark is { } mark) metadata[SecretMark] = mark;
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
                Metadata = metadata,
            },
            options, ct);
    }

    public async Task<LookUpResult> LookUp(IStripeClient stripe, OpenCall call, CancellationToken ct)
    {
        var since = (call.MadeAfter - s_clocksDiffer).UtcDateTime;
        var service = new AccountService(stripe);
        var accounts = await CompleteLists.Read(
            new AccountListOptions { Created = new DateRangeOptions { GreaterThanOrEqual = since } }, page => service.ListAsync(page, cancellationToken: ct), LookUpMax);
        var marked = accounts.Items.Where(a => a.Metadata?.GetValueOrDefault(KeyMark) == call.Key).ToArray();
        return marked switch
        {
            [] => LookUpResult.FoundNone.In(accounts),
            [var one] when IsCertainlyOurs(one, call) => new LookUpResult.Found(one),
            _ => new LookUpResult.Unexplained(
                $"the answer to the request was lost, and it cannot be told for certain which account it made: {string.Join(", ", marked.Select(a => a.Id))} bear its key"),
        };
    }

    /// <summary>Anybody who can write accounts at Stripe can write the key, which follows from the player.</summary>
    private static bool IsCertainlyOurs(Account account, OpenCall call)
    {
        var wanted = call.Parameters<AccountToMake>();
        var created = new DateTimeOffset(DateTime.SpecifyKind(account.Created, DateTimeKind.Utc));
        return wanted.Mark is { } mark && account.Metadata.GetValueOrDefault(SecretMark) == mark && account.Metadata.GetValueOrDefault("player_id") == wanted.PlayerId
            && created >= call.MadeAfter - s_clocksDiffer && created <= call.FirstUsedAt + s_keyLives + s_clocksDiffer;
    }

    /// <summary>The account is read before the player is told.</summary>
    public async Task Apply(StripeCallAnswer answer, OpenCall call, Tx tx)
    {
        var playerId = call.Parameters<AccountToMake>().PlayerId;
        await tx.LockPlayer(playerId);
        if (answer is StripeCallAnswer.Success success) await tx.AddAccount(((Account)success.Made).Id, playerId, call.Key);
        if (answer is StripeCallAnswer.Refused refused)
            tx.Alert($"account-refused/{call.Key}", "critical", "account-refused", playerId,
                $"Stripe did not make an account for player {playerId}: {refused.What}", "Mend the cause Stripe names; it is asked again every day.");
        if (await tx.LockOnboarding(playerId) is { } open)
            await tx.SaveOnboarding(open with { NextAt = answer is StripeCallAnswer.Refused ? tx.Now.AddDays(1) : tx.Now });
    }
}
