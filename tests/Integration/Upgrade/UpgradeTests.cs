using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Payout;
using ContestPipeline.Payout.Api.Operators;

namespace ContestPipeline.Integration.Upgrade;

/// <summary>
/// An earlier version was killed while it paid. This one opens its database and brings it to the right end: everybody is paid,
/// nobody twice.
/// </summary>
public sealed class UpgradeTests(Backbone backbone)
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    /// <param name="minutesLater">Within the life of Stripe's keys, beyond it, and a year later.</param>
    [Theory]
    [InlineData(1)]
    [InlineData(26 * 60)]
    [InlineData(400 * 24 * 60)]
    public async Task Payouts_that_an_earlier_version_left_on_their_way_end_paid_and_none_twice(int minutesLater)
    {
        var left = new LeftBehind { Later = TimeSpan.FromMinutes(minutesLater) };
        await using var world = new PayoutWorld(backbone) { Left = left };
        await world.InitializeAsync();
        Assert.NotNull(left.LinesBefore);
        Assert.Equal(left.LinesBefore, left.LinesAfter);
        Assert.Equal(
            "awaiting_account 5, awaiting_funds 154, paid 54, pending 1, rejected 1, submitting 11", await States(world));

        var runner = world.Runner();
        for (var round = 0; round < 400
            && await world.Scalar<long>("select count(*) from payout.payout where state in ('submitting', 'awaiting_funds')")
                > 0; round++)
            if (await runner.RunOnce(ct) == 0) world.Clock.Forward(TimeSpan.FromMinutes(6));

        Assert.Equal("awaiting_account 6, paid 219, rejected 1", await States(world));
        var transfers = (await world.Transfers()).GetProperty("transfers").EnumerateArray()
            .Select(t => (Group: t.GetProperty("transfer_group").GetString()!, Minor: t.GetProperty("amount_minor").GetInt64()))
            .Order().ToArray();
        Assert.Equal(transfers.Length, transfers.DistinctBy(t => t.Group).Count());
        Assert.Equal(
            await world.Scalar<string>(
                "select string_agg(payout_id || ' ' || amount_minor, ',' order by payout_id) from payout.payout where state = "
                    + "'paid'"),
            string.Join(',', transfers.OrderBy(t => t.Group, StringComparer.Ordinal).Select(t => $"{t.Group} {t.Minor}")));
        await world.LedgerIsClean();
        Assert.Empty(await world.Database.Run(tx => AuditVerify.Faults(tx), ct));
        Assert.DoesNotContain(await world.Sent<AlertRaisedV1>(), a => a.Kind is "payout-held" or "books-went-back");
    }

    private static Task<string?> States(PayoutWorld world) => world.Scalar<string>(
        "select string_agg(state || ' ' || n, ', ' order by state) from (select state, count(*) as n from payout.payout "
            + "group by state) s");
}
