using System.Globalization;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Payout.Options;

/// <summary>Settings of the Payout worker, read once at start.</summary>
/// <param name="LeaseSeconds">How long a claimed payout belongs to a worker; after a crash it waits at most this long.</param>
/// <param name="OutagePause">How long nothing is sent once Stripe is taken to be down.</param>
/// <param name="Risk">Limits and approvals; null: none are wanted, nothing is delayed and nothing is held.</param>
public sealed record PayoutOptions(
    string StripeApiKey, string? StripeApiBase, PayoutPolicy Policy, int RatePerSecond, int Parallel, int LeaseSeconds,
    int StripeTimeoutSeconds, TimeSpan OutagePause, RiskPolicy? Risk = null)
{
    /// <summary>Without the key.</summary>
    public override string ToString() =>
        $"{nameof(PayoutOptions)} {{ StripeApiBase = {StripeApiBase}, RatePerSecond = {RatePerSecond}, Parallel = {Parallel} }}";

    public BalanceThresholds Balance { get; init; } = BalanceThresholds.Default;

    /// <summary>A refund of more, in minor units, is an alert to operators.</summary>
    public long RefundWarningMinor { get; init; } = 100_00;

    /// <summary>When the platform's balance is looked at every day, UTC.</summary>
    public TimeSpan BalanceCheckAt { get; init; } = TimeSpan.FromHours(6);

    /// <summary>
    /// How long a look at the platform's balance is good enough for payouts; waiting ones resume so long after a top-up at the
    /// latest.
    /// </summary>
    public TimeSpan BalanceReadKeeps { get; init; } = TimeSpan.FromMinutes(1);

    public static PayoutOptions From(IConfiguration settings)
    {
        var options = new PayoutOptions(
            StripeKeys.Money(settings),
            StripeKeys.Address(settings),
            PayoutPolicy.Default with
            {
                Retries = [.. settings.Wholes("PAYOUT_RETRY_SECONDS")?.Select(seconds => TimeSpan.FromSeconds(seconds))
                    ?? PayoutPolicy.Default.Retries],
            },
            settings.Whole("PAYOUT_RATE_PER_SECOND"),
            settings.Whole("PAYOUT_PARALLEL"),
            settings.Whole("PAYOUT_LEASE_SECONDS"),
            settings.Whole("PAYOUT_STRIPE_TIMEOUT_SECONDS"),
            TimeSpan.FromSeconds(settings.Whole("PAYOUT_OUTAGE_PAUSE_SECONDS")),
            RiskPolicy.From(settings))
        {
            Balance = Thresholds(settings),
            RefundWarningMinor = settings.Whole("PAYOUT_REFUND_WARNING_MINOR"),
            BalanceReadKeeps = TimeSpan.FromSeconds(settings.Whole("PAYOUT_BALANCE_READ_SECONDS")),
            BalanceCheckAt = settings.Declared("PAYOUT_BALANCE_CHECK_UTC") is { } at
                ? TimeSpan.ParseExact(at, @"hh\:mm", CultureInfo.InvariantCulture) : TimeSpan.FromHours(6),
        };
        if (options.LeaseSeconds < 2 * options.StripeTimeoutSeconds)
            throw new SettingException("PAYOUT_LEASE_SECONDS", "must be at least twice PAYOUT_STRIPE_TIMEOUT_SECONDS");
        return options;
    }

    private static BalanceThresholds Thresholds(IConfiguration settings) => new(
        settings.Whole("PAYOUT_BALANCE_CRITICAL_MINOR"), settings.Whole("PAYOUT_BALANCE_WARNING_MINOR"),
        settings.Whole("PAYOUT_BALANCE_HEALTHY_MINOR"), settings.Whole("PAYOUT_BALANCE_RESERVE_PERCENT"),
        settings.Whole("PAYOUT_BALANCE_TREND_MINOR"));
}
