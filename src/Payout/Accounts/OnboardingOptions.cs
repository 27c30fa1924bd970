using System.Security.Cryptography;
using System.Text;
using ContestPipeline.Payout.Options;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Payout.Accounts;

/// <summary>How winners are brought to an account of their own.</summary>
/// <param name="PublicUrl">Where players reach Payout's pages; null: notices carry no link.</param>
/// <param name="LinkKey">Signs the links; empty without <paramref name="PublicUrl"/>.</param>
/// <param name="LinkLifetime">How long one of our links works; Stripe's own, made afresh at each visit, lives for
/// minutes.</param>
/// <param name="Country">Of the accounts made for winners, two letters.</param>
/// <param name="Schedule">When players are reminded.</param>
/// <param name="MayReset">True in the test environment only.</param>
public sealed record OnboardingOptions(
    string? PublicUrl, byte[] LinkKey, TimeSpan LinkLifetime, string Country, ReminderSchedule Schedule, bool MayReset)
{
    public static OnboardingOptions From(IConfiguration settings)
    {
        var url = settings.Declared("PAYOUT_PUBLIC_URL")?.TrimEnd('/');
        var key = url is null
            ? [] : SigningKeys.One(
                settings, "PAYOUT_LINK_KEY", "the key that signs players' onboarding links; needed with PAYOUT_PUBLIC_URL");
        return new OnboardingOptions(
            url, key, TimeSpan.FromDays(settings.Whole("PAYOUT_LINK_DAYS")), settings.Declared("PAYOUT_ACCOUNT_COUNTRY") ?? "US",
            new ReminderSchedule(
                [.. settings.Wholes("PAYOUT_REMINDER_DAYS")?.Select(days => TimeSpan.FromDays(days))
                    ?? ReminderSchedule.Default.After],
                TimeSpan.FromDays(settings.Whole("PAYOUT_UNCLAIMED_DAYS"))),
            settings.PipelineEnvironment() == "test")
        {
            MarkKey = key.Length > 0 ? key : Encoding.UTF8.GetBytes(settings.Optional("STRIPE_API_KEY") ?? ""),
            OtherLinkKeys = SigningKeys.Others(settings, "PAYOUT_LINK_OTHER_KEYS"),
        };
    }

    /// <summary>Keys of links that are out: those that signed before <see cref="LinkKey"/> did, or will after it.</summary>
    public IReadOnlyList<byte[]> OtherLinkKeys { get; init; } = [];

    /// <summary>
    /// Signs the marks of accounts: a key that whoever can write accounts at Stripe does not have, <see cref="LinkKey"/> or else
    /// Stripe's own.
    /// </summary>
    public byte[] MarkKey { get; init; } = LinkKey;

    /// <summary>What an account that a request makes carries, so that it is recognised if the answer is lost.</summary>
    /// <param name="requestKey">The request's idempotency key.</param>
    /// <returns>64 hexadecimal digits, the same for the same request; null without a key to sign with.</returns>
    public string? MarkOf(string requestKey) =>
        MarkKey.Length == 0
            ? null
            : Convert.ToHexStringLower(HMACSHA256.HashData(MarkKey, Encoding.UTF8.GetBytes($"account-mark/1\n{requestKey}")));

    /// <summary>What a link of ours says, whichever of the keys signed it.</summary>
    /// <param name="token">The part of the address after <c>/onboarding/</c>.</param>
    /// <param name="now">UTC.</param>
    public LinkAnswer Read(string token, DateTimeOffset now)
    {
        foreach (var key in OtherLinkKeys.Prepend(LinkKey))
            if (OnboardingToken.Check(key, token, now) is not LinkAnswer.Forged and var answer) return answer;
        return new LinkAnswer.Forged();
    }

    /// <summary>Without the keys.</summary>
    public override string ToString() => $"{nameof(OnboardingOptions)} {{ PublicUrl = {PublicUrl}, Country = {Country} }}";

    /// <returns>Null when there is nowhere to link to.</returns>
    public string? LinkFor(string playerId, DateTimeOffset now) =>
        PublicUrl is null ? null : $"{PublicUrl}/onboarding/{OnboardingToken.Make(LinkKey, playerId, now + LinkLifetime)}";
}

/// <summary>
/// When a winner who has not onboarded is told again: after the given times, then every week; and when a person is.
/// </summary>
/// <param name="After">Since the first notice, rising.</param>
/// <param name="AlertAfter">Since the first notice: then the prize counts as unclaimed.</param>
public sealed record ReminderSchedule(IReadOnlyList<TimeSpan> After, TimeSpan AlertAfter)
{
    private static readonly TimeSpan s_week = TimeSpan.FromDays(7);

    public static ReminderSchedule Default { get; } = new(
        [TimeSpan.FromDays(1), TimeSpan.FromDays(3), TimeSpan.FromDays(7)], TimeSpan.FromDays(30));

    /// <summary>What was missed while nobody ran is not made up for: one reminder, not several at once.</summary>
    public DateTimeOffset NextAfter(DateTimeOffset firstAt, DateTimeOffset now)
    {
        foreach (var pause in After)
            if (firstAt + pause > now) return firstAt + pause;
        var weeks = (long)((now - firstAt - After[^1]) / s_week) + 1;
        return firstAt + After[^1] + s_week * weeks;
    }
}
