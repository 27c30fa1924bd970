using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;

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

    private static EntryPaymentChangedV1 Paid(int n) => new(
        Id, $"e{n}", $"p{n % 7}", 2, EntryPaymentStates.Paid, FeeMinor, "usd", $"pi_{n}", null, null, Slate.Published);
}
