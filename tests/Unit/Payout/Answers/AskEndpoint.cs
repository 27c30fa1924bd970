using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.EntryFees;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Reconciliation;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.StripeAccount;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Payout.StripeEvents;
using ContestPipeline.Plumbing;
using Stripe;

namespace ContestPipeline.Unit.Payout.Answers;

/// <summary>What came of an answer, in the words in which Payout goes on.</summary>
internal static class Came
{
    /// <summary>It was done, or shown.</summary>
    public const string Done = "done";

    /// <summary>Nothing is concluded: the same question or the same key again.</summary>
    public const string Again = "again";

    /// <summary>
    /// It was not done and will not be under this key; of what is only read: it is given up, and a person is told.
    /// </summary>
    public const string Refused = "refused";

    public const string WaitsForFunds = "waits for funds";

    public const string WaitsForAccount = "waits for the account";

    /// <summary>A person has to look.</summary>
    public const string Held = "held";

    /// <summary>Stripe does not have it.</summary>
    public const string Absent = "absent";
}

/// <summary>Asks as Payout asks, through its own requests and its own decisions about what comes back.</summary>
internal static class AskEndpoint
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    private static readonly OnboardingOptions s_onboarding = new(
        null, [], TimeSpan.FromDays(14), "US", ReminderSchedule.Default, MayReset: false);

    /// <returns>One word of <see cref="Came"/>.</returns>
    public static Task<string> Of(string endpoint, AskedStripe stripe) => endpoint switch
    {
        "transfers.create" => Send(stripe),
        "transfers.list" => LookUp(stripe),
        "refunds.create" => Make(stripe, new RefundRequestHandler(), Refund(stripe)),
        "refunds.list" => LookUp(stripe, new RefundRequestHandler(), Refund(stripe)),
        "payment_intents.create" => Make(stripe, new PaymentIntentRequestHandler(), Intent(stripe)),
        "payment_intents.list" => LookUp(stripe, new PaymentIntentRequestHandler(), Intent(stripe)),
        "payment_intents.cancel" => Make(stripe, new CancelIntentRequestHandler(), Cancel(stripe)),
        "payment_intents.get" => LookUp(stripe, new CancelIntentRequestHandler(), Cancel(stripe)),
        "accounts.create" => Make(stripe, new AccountCreation(s_onboarding), NewAccount(stripe)),
        "accounts.list" => LookUp(stripe, new AccountCreation(s_onboarding), NewAccount(stripe)),
        "reversals.create" => Make(stripe, new ReversalCall<ReversalToMake>(), Reversal(stripe)),
        "reversals.list" => LookUp(stripe, new ReversalCall<ReversalToMake>(), Reversal(stripe)),
        "accounts.get" => Account(stripe),
        "account.get" => WhoseKey(stripe),
        "account_links.create" => Shown(stripe.Gateway.Make(
            endpoint, async (client, ct) => await new AccountLinkService(client).CreateAsync(
                new AccountLinkCreateOptions { Account = stripe.Account, Type = "account_onboarding", RefreshUrl = "https://x/a",
                    ReturnUrl = "https://x/b" }, cancellationToken: ct),
            DateTimeOffset.MaxValue, s_none)),
        "login_links.create" => Shown(stripe.Gateway.Make(
            endpoint, async (client,
                ct) => await new AccountService(client).LoginLinks.CreateAsync(stripe.Account, cancellationToken: ct),
                DateTimeOffset.MaxValue, s_none)),
        "balance.get" =>
            Read(stripe, endpoint, async (client, ct) => await new BalanceService(client).GetAsync(cancellationToken: ct)),
        "disputes.get" =>
            Read(stripe, endpoint,
                async (client, ct) => await new DisputeService(client).GetAsync(stripe.Disputed, cancellationToken: ct)),
        "transfers.get" =>
            Read(stripe, endpoint,
                async (client, ct) => await new TransferService(client).GetAsync(stripe.Transfer, cancellationToken: ct)),
        "payouts.get" => Read(stripe, endpoint, async (client, ct) => await new global::Stripe.PayoutService(client).GetAsync(
            stripe.BankPayout, requestOptions: new RequestOptions { StripeAccount = stripe.Account }, cancellationToken: ct)),
        "events.list" =>
            Read(stripe, endpoint,
                async (client, ct) => await EventBackfill.List(client, null, stripe.Now.AddDays(-1), stripe.Now, null, ct)),
        "balance_transactions.list" or "charges.list" or "disputes.list" => Compare(stripe),
        _ => throw new ArgumentOutOfRangeException(nameof(endpoint), endpoint, "nobody knows how Payout asks for this"),
    };

    private static async Task<string> Send(AskedStripe stripe) =>
        Word(await stripe.Gateway.Send(stripe.Payout, stripe.Attempt, DateTimeOffset.MaxValue, s_none));

    /// <summary>A payout's transfer is known by what is recorded here of those that Stripe lists; here nothing is.</summary>
    private static async Task<string> LookUp(AskedStripe stripe) =>
        await stripe.Gateway.LookUp(stripe.Payout, stripe.Attempt.Destination, stripe.Now.AddHours(-24), s_none)
            is LookUpResult.Found { Made: TransfersShown shown }
            ? Word(FindTransfer.Decide(stripe.Payout, shown,
                new TransfersKnown(new Dictionary<string, string>(), new HashSet<string>(StringComparer.Ordinal))))
            : Came.Again;

    private static async Task<string> Make(
        AskedStripe stripe, IStripeRequestHandler kind, OpenCall call) => Word(NextRequestStep.AfterSending(
        call.Use,
        await stripe.Gateway.Make(
            kind.Endpoint, (client, ct) => kind.Perform(client, call, new RequestOptions { IdempotencyKey = call.Key }, ct),
            DateTimeOffset.MaxValue, s_none),
        PayoutPolicy.Default));

    private static async Task<string> LookUp(
        AskedStripe stripe, IStripeRequestHandler kind, OpenCall call) => Word(NextRequestStep.AfterLookUp(
        call.Use, await stripe.Gateway.LookUp($"{kind.Endpoint}/look-up", (client, ct) => kind.LookUp(client, call, ct), s_none),
        sendWhenAbsent: false, PayoutPolicy.Default));

    private static async Task<string> Account(AskedStripe stripe) =>
        await stripe.Gateway.ReadAccount(stripe.Account, s_none) is StripeAnswer.Account { Reading: var reading }
            ? reading.Transfers == AccountReading.Unreadable ? Came.Refused : Came.Done
            : Came.Again;

    /// <summary>Nothing is sent before it is known of which account the key is.</summary>
    private static async Task<string> WhoseKey(AskedStripe stripe) =>
        CompareAccounts.Decide(null, await WhoseKeys.OwnerOf(stripe.Client, s_none), null) is KeyVerdict.Later
            ? Came.Again : Came.Done;

    private static Task<string> Read(
        AskedStripe stripe, string endpoint, Func<IStripeClient, CancellationToken, Task<object>> request) =>
        Shown(stripe.Gateway.Look(endpoint, request, s_none));

    /// <summary>Whoever only wants to be shown something does not tell an account that is closed from another refusal.</summary>
    private static async Task<string> Shown(Task<StripeAnswer> asked) =>
        Word(await asked) is var word && word == Came.WaitsForAccount ? Came.Refused : word;

    /// <summary>
    /// As reconciliation does, which reads again what may pass by itself, and begins anew later when a list is refused or not
    /// whole.
    /// </summary>
    private static async Task<string> Compare(AskedStripe stripe)
    {
        try
        {
            await new StripeSide(stripe.Client, new NoPauses(), (_, _) =>
            {
            }).Read(stripe.Now.AddDays(-1), stripe.Now.AddDays(1), s_none);
            return Came.Done;
        }
        catch (StripeException)
        {
            return Came.Again;
        }
    }

    private static string Word(StripeAnswer answer) => answer switch
    {
        StripeAnswer.Found => Came.Done,
        StripeAnswer.Refused => Came.Refused,
        StripeAnswer.InsufficientFunds => Came.WaitsForFunds,
        StripeAnswer.AccountNotReady => Came.WaitsForAccount,
        StripeAnswer.KeyConflict => Came.Held,
        _ => Came.Again,
    };

    private static string Word(LookUpResult result) => result switch
    {
        LookUpResult.Found => Came.Done,
        LookUpResult.FoundNone => Came.Absent,
        LookUpResult.Unexplained => Came.Held,
        _ => Came.Again,
    };

    private static string Word(RequestStep step) => step switch
    {
        RequestStep.Close { Answer: StripeCallAnswer.Success } => Came.Done,
        RequestStep.Close { Answer: StripeCallAnswer.Refused } => Came.Refused,
        RequestStep.Close => Came.Absent,
        RequestStep.Hold => Came.Held,
        _ => Came.Again,
    };

    private static OpenCall Refund(AskedStripe stripe) =>
        Call(stripe, "refund/1", RefundRequestHandler.Name,
            new RefundParameters("c", "e", 1, stripe.Paid, AskedStripe.AmountMinor, AskedStripe.RefundMark));

    private static OpenCall Intent(AskedStripe stripe) =>
        Call(stripe, AskedStripe.IntentKey, PaymentIntentRequestHandler.Name,
            new CollectParameters("c", "e", AskedStripe.Player, 1_000, "usd", AskedStripe.IntentKey));

    private static OpenCall Cancel(AskedStripe stripe) =>
        Call(stripe, "cancel/1", CancelIntentRequestHandler.Name, new CancelParameters("c", "e", stripe.Open));

    private static OpenCall NewAccount(AskedStripe stripe) =>
        Call(stripe, AskedStripe.AccountKey, AccountCreation.KindName,
            new AccountToMake(AskedStripe.Player, "US", AskedStripe.AccountMark));

    private static OpenCall Reversal(AskedStripe stripe) =>
        Call(stripe, "reversal/1", "",
            new ReversalToMake(AskedStripe.PayoutId, stripe.Transfer, 40, "usd", AskedStripe.DisputeId));

    private static OpenCall Call(AskedStripe stripe, string key, string kind, object parameters)
    {
        var call = new StripeCall(key, kind, "e", parameters);
        return new OpenCall(key, kind, "e", call.Body, OpenCall.HashOf(call.Body), stripe.Now.AddHours(-24),
            stripe.Now.AddHours(-24), 0, null, 1);
    }

    /// <summary>Whoever waits has waited.</summary>
    private sealed class NoPauses : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            return timer;
        }
    }
}
