using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Scoring;

namespace ContestPipeline.Integration.Scoring;

/// <summary>A fee was paid before the lock or after it by Stripe's time, whenever that is heard of.</summary>
public sealed class PaidInTimeTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private const long FeeMinor = 500;
    private readonly ScoringRig rig = new(scope, new HandClock(Slate.Published));

    [Fact]
    public async Task A_fee_paid_before_the_lock_counts_although_it_is_heard_of_in_the_first_game()
    {
        const string Id = "in-time";
        await Locked(Id);
        await rig.Start(Id);
        await Heard(Id, 1, paidAt: Slate.Lock.AddSeconds(-2));
        await Heard(Id, 2, paidAt: Slate.Lock);

        var accepted = Assert.Single(await rig.Sent<EntryAcceptedV1>(Id), a => a.EntryId != "e0");
        Assert.Equal(("e1", Slate.Lock.AddSeconds(-2)), (accepted.EntryId, accepted.AcceptedAt));
        var refused = Assert.Single(await rig.Sent<EntryRefusedV1>(Id));
        Assert.Equal(("e2", Reasons.ContestLocked), (refused.EntryId, refused.ReasonCode));
        Assert.Equal(("LIVE", 2), (await rig.State(Id), (await rig.Ranks.Top(Id, default))!.EntryCount));
    }

    [Fact]
    public async Task What_is_not_heard_of_a_quarter_of_an_hour_after_the_lock_never_takes_part()
    {
        const string Id = "in-time-never";
        await Locked(Id);
        Assert.Empty(await rig.Sent<EntryRefusedV1>(Id));

        rig.Clock.Now = Slate.Lock + PaidInTime.Wait - TimeSpan.FromSeconds(1);
        await rig.Tick();
        Assert.Empty(await rig.Sent<EntryRefusedV1>(Id));

        rig.Clock.Now = Slate.Lock + PaidInTime.Wait + TimeSpan.FromSeconds(3);
        await rig.Tick();
        await Heard(Id, 1, paidAt: Slate.Lock.AddSeconds(-2));

        var refused = await rig.Sent<EntryRefusedV1>(Id);
        Assert.Equal([("e1", Slate.Lock + PaidInTime.Wait), ("e2", Slate.Lock + PaidInTime.Wait)],
            refused.Select(r => (r.EntryId, r.At)));
        Assert.Equal("e0", Assert.Single(await rig.Sent<EntryAcceptedV1>(Id)).EntryId);
    }

    /// <summary>An early start locks the contest: what counts is when that was, not when it was heard of.</summary>
    [Fact]
    public async Task Where_a_game_began_early_its_start_is_the_lock()
    {
        const string Id = "in-time-early";
        var start = Slate.Lock.AddMinutes(-40);
        await Opened(Id);
        rig.Clock.Now = start.AddMinutes(5);
        await rig.Lines(Slate.Game($"{Id}-g1", 1, GameStatus.InProgress, rig.Clock.Now) with { StartedAt = start });
        await Heard(Id, 1, paidAt: start.AddSeconds(-1));
        await rig.Tick();
        await Heard(Id, 2, paidAt: start.AddSeconds(1));

        Assert.Equal(["e0", "e1"], (await rig.Sent<EntryAcceptedV1>(Id)).Select(a => a.EntryId));
        Assert.Equal("e2", Assert.Single(await rig.Sent<EntryRefusedV1>(Id)).EntryId);
    }

    [Fact]
    public async Task Nobody_takes_part_any_more_once_the_entries_are_counted()
    {
        const string Id = "in-time-counted";
        await Locked(Id);
        await rig.Lines(Slate.Game($"{Id}-g1", 1, GameStatus.InProgress, rig.Clock.Now),
            Slate.Game($"{Id}-g2", 1, GameStatus.InProgress, rig.Clock.Now));
        await rig.Lines(
            Slate.Game($"{Id}-g1", 2, GameStatus.Closed, rig.Clock.Now.AddSeconds(90), new Dictionary<string, long>()),
            Slate.Game($"{Id}-g2", 2, GameStatus.Closed, rig.Clock.Now, new Dictionary<string, long>()));
        await rig.Tick();
        await Heard(Id, 1, paidAt: Slate.Lock.AddSeconds(-2));

        Assert.Equal("COMPLETE", await rig.State(Id));
        Assert.Equal(["e1", "e2"], (await rig.Sent<EntryRefusedV1>(Id)).Select(r => r.EntryId));
        Assert.Equal("e0", Assert.Single(await rig.Sent<EntryAcceptedV1>(Id)).EntryId);
    }

    /// <summary>One entry has paid, two have not.</summary>
    private async Task Opened(string id)
    {
        rig.Clock.Now = Slate.Published;
        var create = Slate.Create(id);
        await rig.Command(create with { Definition = create.Definition with { EntryFeeMinor = FeeMinor } });
        await rig.Command(Slate.Submit(id, 0, 0, 1, 2, 3), Slate.Submit(id, 1, 4, 5, 6, 7), Slate.Submit(id, 2, 8, 9, 10, 11));
        await Heard(id, 0, paidAt: Slate.Published);
    }

    private async Task Locked(string id)
    {
        await Opened(id);
        rig.Clock.Now = Slate.Lock.AddSeconds(1);
        await rig.Tick();
        Assert.Equal("LOCKED", await rig.State(id));
    }

    private Task Heard(string id, int n, DateTimeOffset paidAt) => rig.Payment(new EntryPaymentChangedV1(
        id, $"e{n}", $"p{n % 7}", 2, EntryPaymentStates.Paid, FeeMinor, "usd", $"pi_{n}", null, null, rig.Clock.Now, paidAt));
}
