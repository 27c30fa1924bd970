using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Stripe;

namespace ContestPipeline.Payout.Accounts;

/// <summary>The account Stripe is asked for.</summary>
/// <param name="Mark">Nobody outside can know it before the account is made, so that whoever writes accounts at Stripe cannot
/// make one that looks like ours; null: there is none.</param>
public sealed record AccountToMake(string PlayerId, string Country, string? Mark = null);

/// <summary>
/// Makes the account of a winner, once: the player's own dashboard, Stripe asks the questions, the platform bears fees and
/// losses.
/// </summary>
/// <param name="onboarding">Signs the marks by which accounts are known whose requests were lost.</param>
public sealed class AccountCreation(OnboardingOptions onboarding) : IStripeRequestHandler
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
                Capabilities =
                    new AccountCapabilitiesOptions { Transfers = new AccountCapabilitiesTransfersOptions { Requested = true } },
                Metadata = metadata,
            },
            options, ct);
    }

    public async Task<LookUpResult> LookUp(IStripeClient stripe, OpenCall call, CancellationToken ct)
    {
        var since = (call.MadeAfter - s_clocksDiffer).UtcDateTime;
        var service = new AccountService(stripe);
        var accounts = await CompleteLists.Read(
            new AccountListOptions { Created = new DateRangeOptions { GreaterThanOrEqual = since } },
            page => service.ListAsync(page, cancellationToken: ct), LookUpMax);
        var marked = accounts.Items.Where(a => a.Metadata?.GetValueOrDefault(KeyMark) == call.Key).ToArray();
        var wanted = call.Parameters<AccountToMake>();
        return marked switch
        {
            [] when call.LooksFirst => OfLostRequests(accounts.Items, wanted, call) switch
            {
                [] => LookUpResult.FoundNone.In(accounts),
                [var one] => new LookUpResult.Found(one),
                var several =>
                    new LookUpResult.Unexplained(
                        $"a request of ours made one of {string.Join(", ", several.Select(a => a.Id))}, and it cannot be told "
                            + $"which: all bear its mark"),
            },
            [] => LookUpResult.FoundNone.In(accounts),
            [var one] when IsCertainlyOurs(one, wanted, call) => new LookUpResult.Found(one),
            _ => new LookUpResult.Unexplained(
                $"the answer to the request was lost, and it cannot be told for certain which account it made: "
                    + $"{string.Join(", ", marked.Select(a => a.Id))} bear its key"),
        };
    }

    /// <summary>Anybody who can write accounts at Stripe can write the key, which follows from the player.</summary>
    private static bool IsCertainlyOurs(Account account, AccountToMake wanted, OpenCall call) =>
        wanted.Mark is { } mark && account.Metadata.GetValueOrDefault(SecretMark) == mark
            && account.Metadata.GetValueOrDefault("player_id") == wanted.PlayerId
            && account.Created.Utc() >= call.MadeAfter - s_clocksDiffer
            && account.Created.Utc() <= call.FirstUsedAt + s_keyLives + s_clocksDiffer;

    /// <summary>
    /// What the first of the player's later requests made, which the books have lost: no request of that number is recorded here,
    /// so that only the account itself can have shown its mark to anybody. Accounts after it are found by the requests that
    /// follow when it is lost.
    /// </summary>
    private Account[] OfLostRequests(IReadOnlyList<Account> accounts, AccountToMake wanted, OpenCall call)
    {
        var own = NextOnboardingStep.NumberOf(wanted.PlayerId, call.Key);
        var later =
            from account in accounts
            let key = account.Metadata?.GetValueOrDefault(KeyMark)
            let number = key is null ? null : NextOnboardingStep.NumberOf(wanted.PlayerId, key)
            where number > own && onboarding.MarkOf(key) is { } mark && account.Metadata.GetValueOrDefault(SecretMark) == mark
                && account.Metadata.GetValueOrDefault("player_id") == wanted.PlayerId
                && account.Created.Utc() <= call.FirstUsedAt + s_clocksDiffer
            group account by number into made
            orderby made.Key
            select made.ToArray();
        return later.FirstOrDefault() ?? [];
    }

    /// <summary>The account is read before the player is told.</summary>
    public async Task Apply(StripeCallAnswer answer, OpenCall call, Tx tx)
    {
        var playerId = call.Parameters<AccountToMake>().PlayerId;
        await tx.LockPlayer(playerId);
        if (answer is StripeCallAnswer.Success { Made: Account made })
        {
            await tx.LockAccountId(made.Id);
            await tx.AddAccount(made.Id, playerId, call.Key);
            await tx.HintBankPayoutsHeardOf(made.Id, playerId);
            tx.ResolveAlert(
                AccountEvents.ForeignAlert(made.Id), "A request of ours made the account, of which the books knew nothing.");
        }

        if (answer is StripeCallAnswer.Refused refused)
            tx.Alert(AccountAlerts.Refused(call, playerId, refused));
        if (await tx.LockOnboarding(playerId) is { } open)
        {
            await tx.SaveOnboarding(open with
            {
                AccountsAsked = Math.Max(open.AccountsAsked, NumberMade(answer, playerId) ?? 0),
                NextAt = answer is StripeCallAnswer.Refused ? tx.Now.AddDays(1) : tx.Now,
            });
        }
    }

    /// <summary>
    /// Of the request that made the account, which may be a later one that was lost: its key is not used again for another
    /// account.
    /// </summary>
    private static int? NumberMade(StripeCallAnswer answer, string playerId) =>
        answer is StripeCallAnswer.Success { Made: Account { Metadata: { } metadata } }
            && metadata.GetValueOrDefault(KeyMark) is { } key ? NextOnboardingStep.NumberOf(playerId, key) : null;
}
