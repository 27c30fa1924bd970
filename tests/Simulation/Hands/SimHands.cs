using System.Text;
using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Harness;
using ContestPipeline.Ingestion;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Simulation;

/// <summary>
/// Everybody outside: Stripe's webhooks on their way, players who finish their accounts sooner or later, an operator who tops the
/// balance up.
/// </summary>
internal sealed partial class SimHands(SimWorld world)
{
    private const string Secret = "secret";
    private const string PlatformUrl = "https://simulation/platform";
    private const string GoodCard = "pm_card_bypassPending";
    private const int DeliveriesMax = 12;
    private readonly SortedDictionary<(DateTimeOffset At, int No), Action> plans = [];
    private static readonly string[] s_cards =
    [
        GoodCard, GoodCard, GoodCard, "pm_card_visa", "pm_card_visa", "pm_card_visa", "pm_card_chargeDeclined",
        "pm_card_pendingRefund",
    ];
    private static readonly int[] s_finishAfter = [0, 5, 120, 3_000];
    private readonly HashSet<string> seenAccounts = new(StringComparer.Ordinal);
    private readonly HashSet<string> seenIntents = new(StringComparer.Ordinal);
    private readonly HashSet<string> seenPaid = new(StringComparer.Ordinal);
    private int planned;

    /// <summary>
    /// In minutes: all holders together, so that their payouts become due at once. Null: each when it comes to it.
    /// </summary>
    private int? allFinishAfter;
    private string platformSecret = "";
    private string connectSecret = "";

    /// <summary>The platform's balance has been filled.</summary>
    internal bool IsFunded { get; private set; }

    internal bool IsOver => plans.Count == 0;

    internal DateTimeOffset? NextAt => plans.Count == 0 ? null : plans.Keys.First().At;

    /// <param name="mayDispute">Somebody pays, and is not cut out of disputing it.</param>
    /// <param name="mayRefund">Somebody pays.</param>
    internal void SetUp(bool mayDispute, bool mayRefund)
    {
        hasSpenders = !world.IsWithout(Weather.Spending)
            && spenders.Chance(world.IsRegretted ? SpendersOfRegrettedPercent : SpendersPercent);
        hasDisputes = mayDispute && (world.Random.Chance(DisputesPercent) || IsForfeited);
        hasRefunds = mayRefund && !hasDisputes && refunders.Chance(RefundersPercent);
        PlanOthers();
        PlanWallets();
        platformSecret = Endpoint(PlatformUrl, connect: false);
        connectSecret = Endpoint("https://simulation/connect", connect: true);
        if (world.Random.Chance(50)) allFinishAfter = world.Random.Pick(s_finishAfter);
        Admin("/_admin/limits", """{"endpoint_per_second_max":100000,"global_per_second_max":100000}""");
        if (world.IsRegretted) allFinishAfter = 0;
        if (world.IsRegretted || world.Random.Chance(60))
        {
            Fund(10_000_000);
            return;
        }

        // Prizes are to be due while the balance does not reach: the contest is over and the accounts are ready.
        Plan(TimeSpan.FromHours(
            world.Random.Pick([1 + world.Random.Next(30), 10 + world.Random.Next(90), 24 + world.Random.Next(80)])),
            () => Fund(10_000_000));
        if (world.Random.Chance(75)) allFinishAfter = world.Random.Pick([0, 5]);
    }

    /// <summary>What was planned for now, and new accounts that their holders will finish.</summary>
    internal void Act()
    {
        while (plans.Count > 0 && plans.Keys.First() is var first && first.At <= world.Clock.GetUtcNow())
        {
            var act = plans[first];
            plans.Remove(first);
            act();
        }
    }

    /// <summary>What players find in their mail.</summary>
    internal void See()
    {
        if (!world.Stripe.IsChanged) return;
        world.Stripe.IsChanged = false;
        SeeAccounts();
        SeeWallets();
        SeeIntents();
        SeePaid();
        SeeTransfers();
        SeePrizes();
        SeePaidOut();
    }

    private void SeeAccounts()
    {
        foreach (var account in Listed("/v1/accounts"))
        {
            var id = account.GetProperty("id").GetString()!;
            if (!seenAccounts.Add(id)) continue;
            world.Stripe.Holders[id] = account.GetProperty("metadata").GetProperty("player_id").GetString()!;
            Plan(TimeSpan.FromMinutes(allFinishAfter ?? world.Random.Pick(s_finishAfter)), () =>
            {
                world.Note($"the holder of {id} finishes");
                Admin($"/_admin/accounts/{id}/onboarding", """{"outcome":"complete"}""");
            });
        }
    }

    /// <summary>
    /// Players pay what they are asked for: at once, later, too late, never, or with a card that is declined; where they dispute
    /// it nearly all pay, for there must be something to lose.
    /// </summary>
    private void SeeIntents()
    {
        foreach (var intent in Listed("/v1/payment_intents"))
        {
            var id = intent.GetProperty("id").GetString()!;
            if (intent.GetProperty("status").GetString() != "requires_payment_method" || !seenIntents.Add(id)) continue;
            if (!hasDisputes && world.Back is null && world.Random.Chance(ForgedPercent))
            {
                Plan(TimeSpan.FromMinutes(world.Random.Next(10)), () => Forge(intent));
                continue;
            }

            if (world.Random.Chance(5)) continue;
            var card = hasDisputes
                ? world.Random.Chance(10) && !IsForfeited ? DisputedCard : GoodCard : world.Random.Pick(s_cards);
            Plan(TimeSpan.FromMinutes(hasDisputes ? 0 : world.Random.Pick([0, 0, 0, 5, 5, 30, 90])), () =>
            {
                world.Note($"the player of {id} pays with {card}");
                world.Stripe.Try(
                    "POST", $"/v1/payment_intents/{id}/confirm", $"payment_method={card}&return_url=https%3A%2F%2Fsimulation");
                if (hasDisputes) SeePaid();
                if (card == DisputedCard) SeeDisputes();
            });
        }
    }

    /// <summary>What was paid may be disputed, or given back by hand; in no seed both.</summary>
    private void SeePaid()
    {
        if (!hasDisputes && !hasRefunds) return;
        foreach (var intent in Listed("/v1/payment_intents").Where(i => i.GetProperty("status").GetString() == "succeeded"))
        {
            var id = intent.GetProperty("id").GetString()!;
            if (!seenPaid.Add(id)) continue;
            if (hasDisputes) MayDispute(id);
            else MayRefund(intent);
        }
    }

    /// <summary>Webhooks that are due: some are lost on the way, some come twice.</summary>
    internal Task Deliver()
    {
        var now = world.Clock.GetUtcNow();
        foreach (var delivery in world.Stripe.State.TakeDeliveries(
            now, now.ToUnixTimeSeconds(), 1 + world.Random.Next(DeliveriesMax)))
        {
            var isLost = world.Random.Chance(world.Weather.WebhookLossPercent);
            var copies = isLost ? 0 : world.Random.Chance(world.Weather.RepeatPercent) ? 2 : 1;
            world.Note($"webhook {delivery.Sequence} x{copies}");
            if (isLost) world.Faults.Hit("webhook lost");
            for (var n = 0; n < copies; n++) Receive(delivery.Url, delivery.Signature, Encoding.UTF8.GetBytes(delivery.Body));
            var isHeard = copies > 0 && !world.Random.Chance(world.Weather.WebhookLossPercent / 2);
            Admin($"/_admin/deliveries/{delivery.Sequence}/report", $$"""{"status":{{(isHeard ? 200 : 0)}}}""");
        }

        See();
        return Task.CompletedTask;
    }

    /// <summary>
    /// Paid, called off, never made, because its command was read after its lock, held because its game is not played, or settled
    /// with payouts that an open dispute has frozen.
    /// </summary>
    internal bool IsFinished(string contestId, Scenario scenario) => world.Broker.Messages<LifecycleV1>()
        .Any(l => l.ContestId == contestId && l.State is ContestStates.Paid or ContestStates.Cancelled)
        || world.Broker.Messages<CommandRejectedV1>().Any(r => r.CommandId == $"create/{contestId}") || IsFrozen(contestId)
        || IsHeld(contestId, scenario);

    /// <summary>Its game is not played, and a person has to decide.</summary>
    private bool IsHeld(string contestId, Scenario scenario) => scenario.Course is { } course
        && world.Broker.Messages<LifecycleV1>().Where(l => l.ContestId == contestId).MaxBy(l => l.Version)?.Hold is { } hold
        && course.IsHeldBy(hold);

    /// <summary>All that is left to pay waits for a bank's decision.</summary>
    private bool IsFrozen(string contestId)
    {
        if (world.Disputes.Count == 0) return false;
        var payouts = world.Broker.Messages<PayoutChangedV1>().Where(p => p.ContestId == contestId).GroupBy(p => p.PayoutId)
            .Select(g => g.MaxBy(p => p.ChangeNo)!).ToArray();
        return payouts.Any(IsHeldByDispute) && payouts.All(p => PayoutStates.IsTerminal(p.State) || IsHeldByDispute(p));
    }

    private bool IsHeldByDispute(PayoutChangedV1 payout) =>
        payout.State == PayoutStates.Held
            && world.Disputes.Any(d => d.Outcome is null && d.PlayerId == payout.PlayerId
                && payout.Reason!.Contains(d.Id, StringComparison.Ordinal));

    internal string WhatIsMissing(
        Scenario scenario) => string.Join("; ", scenario.Definitions.Where(d => !IsFinished(d.ContestId, scenario)).Select(d =>
        world.Broker.Messages<LifecycleV1>().LastOrDefault(l => l.ContestId == d.ContestId) is { } last
            ? $"{d.ContestId} is {last.State}, hold {last.Hold}" : $"no {d.ContestId}")
        .Concat(world.Broker.Messages<CommandRejectedV1>().Where(r => r.CommandType.Contains("create", StringComparison.Ordinal))
            .Select(r => r.ToString()))
        .Concat(world.Broker.Messages<PayoutChangedV1>().GroupBy(p => p.PayoutId)
            .Select(p => $"{p.Last().PlayerId} {p.Last().State} {p.Last().Reason}")));

    private void Receive(string url, string signature, byte[] body)
    {
        var isConnect = url.EndsWith("connect", StringComparison.Ordinal);
        var now = world.Clock.GetUtcNow();
        var decision = CheckWebhook.Decide(
            new WebhookRequest(isConnect ? StripeEndpoints.Connect : StripeEndpoints.Platform, signature, body),
            [isConnect ? connectSecret : platformSecret], isLive: false, now);
        if (decision is not WebhookDecision.Publish publish) throw new SimFailure($"a webhook was not taken: {decision}");
        world.Broker.Append(new HarnessRecord(
            Topics.StripeWebhooks, KeyHash.Partition(publish.Key, world.Broker.Partitions(Topics.StripeWebhooks)), Offset: 0,
            publish.Key, publish.Headers.ToDictionary(), body, now));
    }

    private string Endpoint(string url, bool connect)
    {
        using var made = JsonDocument.Parse(world.Stripe.Ask("POST", "/v1/webhook_endpoints",
            $"url={Uri.EscapeDataString(url)}&enabled_events[0]=*{(connect ? "&connect=true" : "")}"));
        return made.RootElement.GetProperty(Secret).GetString()!;
    }

    private void Fund(long minor)
    {
        IsFunded = true;
        world.Note($"the platform gets {minor}");
        Admin("/_admin/funds", $$"""{"amount_minor":{{minor}},"currency":"usd"}""");
    }

    private void Plan(TimeSpan after, Action act) => plans[(world.Clock.GetUtcNow() + after, ++planned)] = act;

    private string Admin(string path, string body) => world.Stripe.Ask("POST", path, body, key: null);
}
