using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Payout.Notifications;
using ContestPipeline.Payout.Reconciliation;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ContestPipeline.Integration.Payout.Reconcile;

/// <summary>
/// A prize that was published and that nobody pays is a critical difference with contest, player and amount, for as long as
/// nobody pays it.
/// </summary>
public sealed class ResultsLegTests(Backbone backbone) : IAsyncLifetime
{
    private static readonly TimeSpan s_every = TimeSpan.FromHours(6);
    private readonly PayoutWorld world = new(backbone);

    [Fact]
    public async Task Awards_and_settlement_that_were_given_up_are_told_by_contest_player_and_amount_until_they_are_handled()
    {
        var built = ContestBuilder.Of("given-up", 10, ("ann", [10_000]), ("bob", [20_000]));
        await GiveUp(built.Chunks[0], 1);
        await GiveUp(built.Settled, 2);

        var found = await Run();

        Assert.Equal(
            [("given-up/1", 29_100L), ("given-up/1/ann", 9_700L), ("given-up/1/bob", 19_400L)],
            found.Differences.Where(d => d.Leg == ReconcileLegs.Results).Select(d => (d.Subject, d.TheirsMinor!.Value)).Order());
        Assert.Contains(
            await world.Sent<AlertRaisedV1>(),
            a => a.Severity == "critical" && a.DedupKey == "reconcile/results/missing/given-up/1/ann"
                && a.Cause.Contains("9700 usd", StringComparison.Ordinal));

        world.Clock.Forward(TimeSpan.FromDays(40));
        Assert.Equal(3, (await Run()).Differences.Count(d => d.Leg == ReconcileLegs.Results));

        await world.GivenSettled(built);
        world.Clock.Forward(s_every);
        Assert.DoesNotContain((await Run()).Differences, d => d.Leg == ReconcileLegs.Results);
        Assert.Equal(3,
            (await world.Sent<AlertResolvedV1>()).Count(a =>
                a.DedupKey.StartsWith("reconcile/results/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_settlement_alone_that_was_given_up_leaves_its_winners_unpaid_and_a_person_may_decide_that_it_was_none()
    {
        var built = ContestBuilder.Of("halved", "cid");
        await world.Handle(new ContestAwardsHandler(OverlayLimit.Default), built.Chunks[0]);
        await GiveUp(built.Settled, 3);

        var found = (await Run()).Differences.Where(d => d.Leg == ReconcileLegs.Results).ToArray();
        Assert.Equal(["halved/1", "halved/1/cid"], found.Select(d => d.Subject).Order());

        foreach (var alert in (await world.Sent<AlertRaisedV1>()).Where(a =>
            a.DedupKey.StartsWith("reconcile/results/", StringComparison.Ordinal)))
        {
            await world.Handle(new AlertHandler(new NoticeOptions(null, null, TimeSpan.FromHours(1))), alert);
            await world.Handle(new AlertResolvedHandler(new NoticeOptions(null, null, TimeSpan.FromHours(1))),
                new AlertResolvedV1(alert.DedupKey, 1, "ann", ByPerson: true, "forged", world.Clock.GetUtcNow()));
        }

        world.Clock.Forward(s_every);
        Assert.DoesNotContain((await Run()).Differences, d => d.Leg == ReconcileLegs.Results);
    }

    [Fact]
    public async Task A_ledger_line_and_a_payout_that_are_not_what_was_published_are_told()
    {
        await world.GivenSettled(ContestBuilder.Of("altered", 10, ("dan", [10_000]), ("eve", [20_000]), ("fay", [30_000])));
        await Tamper(
            "update payout.ledger_transfer set amount_minor = amount_minor + 1 where contest_id = 'altered' and code = 'award' "
                + "and credit_account = 'player_payable:dan'");
        await Tamper(
            "update payout.payout set amount_minor = amount_minor - 100 where contest_id = 'altered' and player_id = 'eve'");

        var found = (await Run()).Differences.Where(d => d.Leg == ReconcileLegs.Results).ToArray();

        Assert.Equal([("altered/1/dan", 9_701L, 9_700L), ("altered/1/eve", 19_400L, 19_400L)],
            found.Select(d => (d.Subject, d.OursMinor!.Value, d.TheirsMinor!.Value)).Order());
        Assert.EndsWith("the payout 19300", found.Single(d => d.Subject.EndsWith("eve", StringComparison.Ordinal)).What,
            StringComparison.Ordinal);
    }

    public ValueTask InitializeAsync() => world.InitializeAsync();

    public ValueTask DisposeAsync() => world.DisposeAsync();

    private async Task<ReconcileReport> Run() => Assert.IsType<ReconcileReport>(await new ReconcileLoop(
        world.Database, world.Stripe(), new ReconcileOptions(s_every, 2 * s_every + TimeSpan.FromDays(1), TimeSpan.Zero),
        world.Clock, NullLogger<ReconcileLoop>.Instance)
        .RunOnce(TestContext.Current.CancellationToken));

    /// <summary>As it stands after <c>contestctl parked discard</c>.</summary>
    private async Task GiveUp(IMessage message, int offset)
    {
        await using var connection = new NpgsqlConnection(world.AdminConnection);
        await Dapper.SqlMapper.ExecuteAsync(
            connection,
            """
            insert into payout.parked_discarded (topic, partition, record_offset, key, headers, body, error, first_seen,
                discarded_at, discarded_by, reason)
            values (@topic, 0, @offset, @key, @headers::jsonb, @body, 'broken', @at, @at, 'ann', 'looked wrong')
            """,
            new
            {
                topic = Topics.Results, offset, key = message.PartitionKey,
                headers = $$"""{"ce_type":"{{WireTypes.Of(message.GetType()).Name}}"}""", body = WireJson.Bytes(message),
                at = world.Clock.GetUtcNow().AddHours(-1),
            });
    }

    /// <summary>Past every trigger.</summary>
    private async Task Tamper(string sql) => Assert.Equal(1, await world.Scalar<int>(
        $"set session_replication_role = replica; with changed as ({sql} returning 1) select count(*)::int from changed"));
}
