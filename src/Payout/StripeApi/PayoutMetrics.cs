using System.Diagnostics;
using System.Diagnostics.Metrics;
using ContestPipeline.Plumbing;
using Polly.CircuitBreaker;

namespace ContestPipeline.Payout.StripeApi;

/// <summary>What Payout measures of money and of Stripe.</summary>
internal static class PayoutMetrics
{
    internal static Gauge<long> Payouts { get; } = Telemetry.Meter.CreateGauge<long>(
        "payout.payouts", "{payout}", "Payouts in each state.");

    internal static Gauge<long> AmountMinor { get; } = Telemetry.Meter.CreateGauge<long>(
        "payout.amount", "{cent}", "Money of the payouts in each state, in minor units.");

    internal static Gauge<double> OldestOpenSeconds { get; } = Telemetry.Meter.CreateGauge<double>(
        "payout.open.age", "s", "For how long the oldest payout that is not over has been waiting.");

    internal static Counter<long> Calls { get; } = Telemetry.Meter.CreateCounter<long>(
        "payout.stripe.calls", "{call}", "Requests to Stripe by endpoint and by what came of them.");

    internal static Histogram<double> CallSeconds { get; } = Telemetry.Meter.CreateHistogram(
        "payout.stripe.duration", "s", "A request to Stripe, waiting for its turn included.", null, Telemetry.Seconds);

    internal static Gauge<long> Circuit { get; } = Telemetry.Meter.CreateGauge<long>(
        "payout.stripe.circuit", "{state}",
        "0: Stripe is asked; 1: one request finds out whether it answers again; 2: it is taken to be down.");

    internal static Gauge<long> LedgerDriftMinor { get; } = Telemetry.Meter.CreateGauge<long>(
        "payout.ledger.drift", "{cent}", "What all accounts of the ledger sum to, in minor units: anything but 0 is wrong.");

    internal static Gauge<long> Differences { get; } = Telemetry.Meter.CreateGauge<long>(
        "payout.reconciliation.differences", "{difference}",
        "Differences between ledger, records and Stripe that the last comparison found.");

    internal static Gauge<double> ReconciledSeconds { get; } = Telemetry.Meter.CreateGauge<double>(
        "payout.reconciliation.age", "s", "Since the last comparison with Stripe.");

    internal static Gauge<long> AvailableMinor { get; } = Telemetry.Meter.CreateGauge<long>(
        "payout.balance.available", "{cent}", "The platform's balance at Stripe when it was last written down, in minor units.");

    internal static Gauge<long> OwedMinor { get; } = Telemetry.Meter.CreateGauge<long>(
        "payout.balance.owed", "{cent}", "What the platform owed its players then, in minor units.");

    internal static Histogram<double> EndedSeconds { get; } = Telemetry.Meter.CreateHistogram(
        "payout.time", "s", "From a payout's making to its end, by how it ended.", null, Telemetry.LongSeconds);

    internal static Histogram<double> ReviewSeconds { get; } = Telemetry.Meter.CreateHistogram(
        "payout.review.time", "s", "From the oldest hold to a person's decision, by decision.", null, Telemetry.LongSeconds);

    internal static Counter<long> OnboardingsBegun { get; } = Telemetry.Meter.CreateCounter<long>(
        "payout.onboarding.begun", "{player}", "Players who were asked for an account, by reason.");

    internal static Histogram<double> OnboardingSeconds { get; } = Telemetry.Meter.CreateHistogram(
        "payout.onboarding.time", "s", "From asking a player for an account until it can be paid to.", null,
        Telemetry.LongSeconds);

    internal static Histogram<double> EventSeconds { get; } = Telemetry.Meter.CreateHistogram(
        "payout.stripe.event.age", "s", "From Stripe's making of an event until it is handled here.", null, Telemetry.Seconds);

    internal static Counter<long> Events { get; } = Telemetry.Meter.CreateCounter<long>(
        "payout.stripe.events", "{event}", "Stripe's events by where they came from and what became of them.");

    internal static void Ended(string state, TimeSpan time) => EndedSeconds.Record(time.TotalSeconds, Tag("state", state));

    internal static void Reviewed(string decision, TimeSpan time) =>
        ReviewSeconds.Record(time.TotalSeconds, Tag("decision", decision));

    internal static void OnboardingBegun(string reason) => OnboardingsBegun.Add(1, Tag("reason", reason));

    /// <param name="age">Null: it does not say when it was made, or nothing was done about it now.</param>
    internal static void Took(string source, string outcome, TimeSpan? age)
    {
        Events.Add(1, Tag("source", source), Tag("outcome", outcome));
        if (age is { } known) EventSeconds.Record(known.TotalSeconds, Tag("source", source));
    }

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    internal static void Called(string endpoint, StripeAnswer answer, TimeSpan time, Activity? span)
    {
        var outcome = Outcome(answer);
        Calls.Add(1, new("endpoint", endpoint), new KeyValuePair<string, object?>("outcome", outcome));
        CallSeconds.Record(time.TotalSeconds, new("endpoint", endpoint), new KeyValuePair<string, object?>("outcome", outcome));
        if (span is null) return;
        span.SetTag("stripe.endpoint", endpoint).SetTag("stripe.outcome", outcome);
        if (answer is StripeAnswer.Found { Object: TransferFacts made }) span.SetTag("stripe.transfer", made.TransferId);
        if (outcome != "ok") span.SetStatus(ActivityStatusCode.Error, outcome);
    }

    /// <summary>The circuit of a key that is not there was never used: closed.</summary>
    internal static void Tell(CircuitBreakerStateProvider circuit, string name) => Circuit.Record(
        circuit.CircuitState switch { CircuitState.Closed => 0, CircuitState.HalfOpen => 1, _ => 2 },
        new KeyValuePair<string, object?>("circuit", name));

    /// <summary>What came of a request, in one word.</summary>
    internal static string Outcome(StripeAnswer answer) => answer switch
    {
        StripeAnswer.Account or StripeAnswer.Found => "ok",
        StripeAnswer.Refused => "refused",
        StripeAnswer.InsufficientFunds => "unfunded",
        StripeAnswer.AccountNotReady => "account_not_ready",
        StripeAnswer.Unknown => "unknown",
        StripeAnswer.RetryLater { Key: KeyFault.Refused } => "key_refused",
        StripeAnswer.RetryLater { Key: KeyFault.NotAllowed } => "not_allowed",
        StripeAnswer.RetryLater => "busy",
        StripeAnswer.KeyConflict => "key_conflict",
        _ => throw new UnreachableException(),
    };
}
