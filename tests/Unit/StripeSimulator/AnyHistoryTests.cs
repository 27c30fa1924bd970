using ContestPipeline.StripeSimulator.Core;
using FsCheck;
using FsCheck.Fluent;
using static ContestPipeline.Unit.StripeSimulator.SimulatedStripe;

namespace ContestPipeline.Unit.StripeSimulator;

/// <summary>What holds after any history of requests, failures and waits.</summary>
public sealed class AnyHistoryTests
{
    private static readonly string[] Kinds = [.. FaultKind.All.Except([FaultKind.ForgetKeys]).Order(StringComparer.Ordinal)];

    // One step: which of eight keys, which failure (or none), and how many minutes pass.
    private static readonly Arbitrary<(int Key, int Kind, int Minutes)[]> Histories = Gen.Choose(0, (8 * 24 * 5) - 1)
        .Select(n => (n % 8, n / 8 % 24, n / 192 % 5))
        .ArrayOf().Resize(60).ToArbitrary();

    [Fact]
    public void A_key_never_makes_two_transfers_within_a_day() => Prop.ForAll(Histories, history =>
    {
        var stripe = Play(history);
        return stripe.State.Transfers.GroupBy(transfer => transfer.TransferGroup).All(group => group.Count() == 1);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_balance_is_always_the_sum_of_its_movements() => Prop.ForAll(Histories, history =>
    {
        var stripe = Play(history);
        var transferredMinor = stripe.State.Transfers.Sum(transfer => transfer.AmountMinor);
        return stripe.AvailableMinor == 2_000 - transferredMinor && stripe.AvailableMinor >= 0;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Replaying_the_requests_that_changed_something_gives_the_same_Stripe() => Prop.ForAll(Histories, history =>
    {
        var stripe = Play(history);
        var replayed = new StripeState();
        foreach (var (request, fault) in stripe.Journal) replayed.Replay(request, fault);

        var look = new SimRequest("GET", "/v1/transfers", "limit=100", null, null, "sk_test_1", stripe.Now);
        var ask = new SimRequest("POST", "/v1/transfers", $"amount=300&currency=usd&destination={Account}&transfer_group=key-0",
            "key-0", null, "sk_test_1", stripe.Now);
        return replayed.Apply(look).Response?.Body == stripe.State.Apply(look).Response?.Body
            && replayed.FaultOrders.SequenceEqual(stripe.State.FaultOrders)
            && replayed.Apply(ask).Response?.Body == stripe.State.Apply(ask).Response?.Body;
    }).QuickCheckThrowOnFailure();

    private static SimulatedStripe Play((int Key, int Kind, int Minutes)[] history)
    {
        var stripe = new SimulatedStripe(fundsMinor: 2_000);
        foreach (var (key, kind, minutes) in history)
        {
            if (kind < Kinds.Length) stripe.Fault(Kinds[kind]);
            stripe.Transfer($"key-{key}", amountMinor: 300, group: $"key-{key}");
            stripe.Now = stripe.Now.AddMinutes(minutes);
        }

        return stripe;
    }
}
