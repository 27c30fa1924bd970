namespace ContestPipeline.Simulation;

/// <summary>A payer asked the bank for an entry's fee back.</summary>
internal sealed record Disputed(string Id, string IntentId, string ContestId, string EntryId, string PlayerId, long AmountMinor)
{
    internal const string Won = "won";
    internal const string Lost = "lost";

    /// <summary>What became of it at Stripe; null while the bank has not decided.</summary>
    internal string? Outcome { get; init; }

    internal DateTimeOffset? ClosedAt { get; init; }
}

/// <summary>In some seeds players who have paid ask their bank for the money back: at once, before the result, or when the prize is paid. The bank decides, or has not by the end.</summary>
internal sealed partial class SimHands
{
    private const int DisputesPercent = 45;
    private const int DisputedPercent = 70;
    private const int ClosedPercent = 85;

    /// <summary>Stripe takes this payment and has the dispute at once.</summary>
    private const string DisputedCard = "pm_card_createDispute";

    private static readonly TimeSpan[] s_disputedAfter =
        [TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(50), TimeSpan.FromMinutes(95), TimeSpan.FromHours(3), TimeSpan.FromHours(8), TimeSpan.FromHours(30), TimeSpan.FromDays(5)];

    private static readonly TimeSpan[] s_closedAfter = [TimeSpan.FromMinutes(10), TimeSpan.FromHours(2), TimeSpan.FromHours(9), TimeSpan.FromHours(30), TimeSpan.FromDays(6)];
    private bool hasDisputes;

    /// <summary>Who has paid may regret it.</summary>
    private void MayDispute(string intentId)
    {
        if (world.Random.Chance(DisputedPercent)) Plan(world.Random.Pick(s_disputedAfter), () => Dispute(intentId));
    }

    private void Dispute(string intentId)
    {
        if (world.Disputes.Any(d => d.IntentId == intentId) || Listed("/v1/refunds").Any(r => r.GetProperty("payment_intent").GetString() == intentId)) return;
        Admin("/_admin/disputes", $$"""{"payment_intent":"{{intentId}}"}""");
        SeeDisputes();
    }

    private void SeeDisputes()
    {
        foreach (var dispute in Listed("/v1/disputes"))
        {
            var (id, intentId) = (dispute.GetProperty("id").GetString()!, dispute.GetProperty("payment_intent").GetString()!);
            if (world.Disputes.Any(d => d.Id == id)) continue;
            var paidFor = Listed("/v1/payment_intents").Single(i => i.GetProperty("id").GetString() == intentId).GetProperty("metadata");
            var (contest, entry, player) = (Word("contest_id"), Word("entry_id"), Word("player_id"));
            world.Disputes.Add(new Disputed(id, intentId, contest, entry, player, dispute.GetProperty("amount").GetInt64()));
            world.Note($"{player} disputes the fee of {entry}");
            var isClosed = world.Random.Chance(ClosedPercent);
            if (!isClosed) world.Faults.Hit("dispute left open");
            else Plan(world.Random.Pick(s_closedAfter), () => Close(id, world.Random.Chance(40) ? Disputed.Won : Disputed.Lost));

            string Word(string name) => paidFor.GetProperty(name).GetString()!;
        }
    }

    private void Close(string id, string outcome)
    {
        var at = world.Disputes.FindIndex(d => d.Id == id);
        world.Faults.Hit($"dispute {outcome}");
        world.Note($"the dispute about {world.Disputes[at].EntryId} is {outcome}");
        Admin($"/_admin/disputes/{id}/close", $$"""{"outcome":"{{outcome}}"}""");
        world.Disputes[at] = world.Disputes[at] with { Outcome = outcome, ClosedAt = world.Clock.GetUtcNow() };
    }
}
