using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

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

/// <summary>
/// In some seeds players who have paid ask their bank for the money back: at once, before the result, or when the prize is paid.
/// The bank decides, or has not by the end.
/// </summary>
internal sealed partial class SimHands
{
    private const int DisputesPercent = 45;
    private const int DisputedPercent = 70;
    private const int ClosedPercent = 85;
    private const int ForfeitedPercent = 85;

    /// <summary>Stripe takes this payment and has the dispute at once.</summary>
    private const string DisputedCard = "pm_card_createDispute";

    private static readonly TimeSpan[] s_disputedAfter =
        [TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(50), TimeSpan.FromMinutes(95), TimeSpan.FromHours(3),
            TimeSpan.FromHours(8), TimeSpan.FromHours(30), TimeSpan.FromDays(5)];

    private static readonly TimeSpan[] s_closedAfter = [TimeSpan.FromMinutes(10), TimeSpan.FromHours(2), TimeSpan.FromHours(9),
        TimeSpan.FromHours(30), TimeSpan.FromDays(6)];

    /// <summary>When the prize is paid, and so that the bank has decided when the result is corrected.</summary>
    private static readonly TimeSpan[] s_disputedWhenPaid = [TimeSpan.FromHours(3), TimeSpan.FromHours(8),
        TimeSpan.FromHours(30)];
    private static readonly TimeSpan[] s_closedSoon = [TimeSpan.FromMinutes(10), TimeSpan.FromHours(2), TimeSpan.FromHours(9)];
    private readonly HashSet<(string ContestId, string PlayerId)> seenPrizes = [];
    private bool hasDisputes;

    private bool IsForfeited => world.Regret == Regret.Forfeited;

    /// <summary>Who has paid may regret it.</summary>
    private void MayDispute(string intentId)
    {
        if (!IsForfeited && world.Random.Chance(DisputedPercent))
            Plan(world.Random.Pick(s_disputedAfter), () => Dispute(intentId));
    }

    /// <summary>
    /// Who has two prizes in one payout wants the fee back of the entry with the greater one, when he has both.
    /// </summary>
    private void SeePrizes()
    {
        if (!IsForfeited || !hasDisputes) return;
        foreach (var awards in world.Broker.Messages<ContestAwardsV1>())
        {
            foreach (var player in awards.Players.Where(p => p.Prizes.Count > 1
                && seenPrizes.Add((awards.ContestId, p.PlayerId))))
            {
                var entry = player.Prizes.MaxBy(p => p.NetMinor)!.EntryId;
                var intents = Listed("/v1/payment_intents")
                    .Where(i => i.GetProperty("status").GetString() == "succeeded"
                        && i.GetProperty("metadata").GetProperty("entry_id").GetString() == entry);
                if (intents.FirstOrDefault() is { ValueKind: JsonValueKind.Object } paid && world.Random.Chance(ForfeitedPercent))
                    Plan(world.Random.Pick(s_disputedWhenPaid), () => Dispute(paid.GetProperty("id").GetString()!));
            }
        }
    }

    private void Dispute(string intentId)
    {
        if (world.Disputes.Any(d => d.IntentId == intentId)
            || Listed("/v1/refunds").Any(r => r.GetProperty("payment_intent").GetString() == intentId)) return;
        Admin("/_admin/disputes", $$"""{"payment_intent":"{{intentId}}"}""");
        SeeDisputes();
    }

    private void SeeDisputes()
    {
        foreach (var dispute in Listed("/v1/disputes"))
        {
            var (id, intentId) = (dispute.GetProperty("id").GetString()!, dispute.GetProperty("payment_intent").GetString()!);
            if (world.Disputes.Any(d => d.Id == id)) continue;
            var paidFor = Listed("/v1/payment_intents").Single(i => i.GetProperty("id").GetString() == intentId)
                .GetProperty("metadata");
            var (contest, entry, player) = (Word("contest_id"), Word("entry_id"), Word("player_id"));
            world.Disputes.Add(new Disputed(id, intentId, contest, entry, player, dispute.GetProperty("amount").GetInt64()));
            world.Note($"{player} disputes the fee of {entry}");
            var isClosed = world.Random.Chance(IsForfeited ? 100 : ClosedPercent);
            if (!isClosed) world.Faults.Hit("dispute left open");
            else
                Plan(world.Random.Pick(IsForfeited ? s_closedSoon : s_closedAfter),
                    () => Close(id, world.Random.Chance(IsForfeited ? 10 : 40) ? Disputed.Won : Disputed.Lost));

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
