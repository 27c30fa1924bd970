using Stripe;

namespace ContestPipeline.Payout.StripeApi;

/// <summary>An account as Stripe shows it now.</summary>
/// <param name="PlayerId">Whom the account's metadata name, which whoever can write accounts at Stripe can write; null when they
/// name nobody.</param>
/// <param name="Transfers">Status of the transfers capability, or <see cref="Unreadable"/>.</param>
/// <param name="Standing">What Stripe has and still wants of the holder.</param>
/// <param name="CreatedAt">When Stripe made it, by Stripe's clock, UTC; null when Stripe does not say.</param>
public sealed record AccountReading(string AccountId, string? PlayerId, string Transfers, AccountStanding Standing,
    DateTimeOffset ReadAt, DateTimeOffset? CreatedAt = null)
{
    /// <summary>Stripe does not show us the account: it is not there, or not ours any more.</summary>
    public const string Unreadable = "unreadable";

    public bool IsReady => Transfers == "active";

    public static AccountReading Of(Account account, DateTimeOffset readAt) => new(
        account.Id, account.Metadata?.GetValueOrDefault("player_id"), account.Capabilities?.Transfers ?? "inactive",
        new AccountStanding(
            account.DetailsSubmitted, account.PayoutsEnabled, account.Requirements?.DisabledReason,
            [.. account.Requirements?.CurrentlyDue ?? []], [.. account.Requirements?.PastDue ?? []])
        {
            ChargesEnabled = account.ChargesEnabled, DueBy = account.Requirements?.CurrentDeadline?.Utc(),
        },
        readAt, account.Created == default ? null : account.Created.Utc());

    public static AccountReading OfUnreadable(string accountId, DateTimeOffset readAt) =>
        new(accountId, null, Unreadable, new AccountStanding(false, false, null, [], []), readAt);
}

/// <summary>How far the holder of an account has come with Stripe.</summary>
/// <param name="PayoutsEnabled">Stripe pays from the account to its bank.</param>
/// <param name="DisabledReason">Stripe's word for why something is switched off, an open set; null when nothing is.</param>
/// <param name="CurrentlyDue">What Stripe asks for, in its words (<c>individual.id_number</c>).</param>
/// <param name="PastDue">Of those, what was not given in time.</param>
public sealed record AccountStanding(
    bool DetailsSubmitted, bool PayoutsEnabled, string? DisabledReason, IReadOnlyList<string> CurrentlyDue,
    IReadOnlyList<string> PastDue)
{
    /// <summary>The account may take payments itself; winners' accounts need not.</summary>
    public bool ChargesEnabled { get; init; }

    /// <summary>When Stripe wants what is currently due, UTC; null when it names no time.</summary>
    public DateTimeOffset? DueBy { get; init; }
}
