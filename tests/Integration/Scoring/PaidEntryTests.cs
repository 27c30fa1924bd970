using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Scoring;

namespace ContestPipeline.Integration.Scoring;

/// <summary>Entries with a fee: who paid first says nothing about who is first.</summary>
public sealed class PaidEntryTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private const string Id = "paid-order";
    private const long FeeMinor = 500;

    [Fact]
    public async Task Entries_keep_the_order_in_which_they_were_asked_for_in_whatever_order_they_are_paid()
    {
        var rig = new ScoringRig(scope, new HandClock(Slate.Published));
        var create = Slate.Create(Id);
        await rig.Command(create with { Definition = create.Definition with { EntryFeeMinor = FeeMinor } });
        await rig.Command(Slate.Submit(Id, 1, 0, 1, 2, 3), Slate.Submit(Id, 2, 4, 5, 6, 7), Slate.Submit(Id, 3, 8, 9, 10, 11));

        await rig.Payment(Paid(3));
        var followed = await rig.Ranks.Top(Id, default);
        await rig.Payment(Paid(1));
        var after = await rig.Ranks.Top(Id, default);

        Assert.Equal([("e3", 3L), ("e1", 1L)], (await rig.Sent<EntryAcceptedV1>(Id)).Select(a => (a.EntryId, a.AcceptanceNo)));
        Assert.Equal(["e3"], followed!.Top.Select(t => t.EntryId));
        Assert.Equal(["e1", "e3"], after!.Top.Select(t => t.EntryId));
        Assert.Equal(2, after.EntryCount);
    }

    /// <summary>Else a withdrawal could be told to have been before the acceptance that it follows.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_waited_for_its_contest_happened_after_what_it_waited_for(bool isPayment)
    {
        var id = $"paid-waits-{isPayment}";
        var clock = new HandClock(Slate.Published);
        var rig = new ScoringRig(scope, clock);
        var create = Slate.Create(id);
        await rig.Command(create with { Definition = create.Definition with { EntryFeeMinor = FeeMinor } });
        await rig.Command(Slate.Submit(id, 1, 0, 1, 2, 3));
        if (!isPayment) await rig.Payment(Paid(1, id));

        await Race.Between(
            scope.Database(ScoringService.Name, clock), tx => tx.LockContests([id]),
            () => isPayment ? rig.Payment(Paid(1, id)) : rig.Command(new WithdrawEntryV1($"withdraw-{id}", id, "e1", "p1")),
            TestContext.Current.CancellationToken, meanwhile: () => clock.Now += TimeSpan.FromSeconds(5));

        var at = isPayment
            ? Assert.Single(await rig.Sent<EntryAcceptedV1>(id)).AcceptedAt
            : Assert.Single(await rig.Sent<EntryWithdrawnV1>(id)).At;
        Assert.Equal(clock.Now, at);
    }

    private static EntryPaymentChangedV1 Paid(int n, string contestId = Id) => new(
        contestId, $"e{n}", $"p{n % 7}", 2, EntryPaymentStates.Paid, FeeMinor, "usd", $"pi_{n}", null, null, Slate.Published);
}
