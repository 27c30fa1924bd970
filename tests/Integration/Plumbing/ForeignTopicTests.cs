using ContestPipeline.Contracts;
using ContestPipeline.Harness;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Payout;
using ContestPipeline.Payout.Options;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>
/// No worker can have anything sent on a topic of another's, and what says that it comes from somebody else is not handled.
/// </summary>
public sealed class ForeignTopicTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private static readonly DateTimeOffset s_time = new(2026, 10, 4, 17, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> Workers => [.. Principals.Workers];

    private static ContestSettledV1 Settled(string contestId) =>
        new(contestId, 1, "hash", "usd", 1, 0, 0, 100, 100, 0, 100, 0, 100, 0, 1, 1, "digest", s_time);

    [Theory]
    [MemberData(nameof(Workers))]
    public async Task A_result_sent_by_any_worker_but_settlement_does_not_commit(string worker)
    {
        await using var database = scope.Database(worker);
        var send = () => database.Run(tx => { tx.Send(Settled($"sent-{worker}")); return Task.CompletedTask; }, default);

        if (worker == Principals.Settlement) await send();
        else await Assert.ThrowsAsync<InvariantException>(send);

        Assert.Equal(worker == Principals.Settlement ? 1 : 0,
            await scope.Scalar<long>(
                $"select count(*) from {worker}.outbox where partition_key = @key", new { key = $"sent-{worker}" }));
    }

    [Theory]
    [MemberData(nameof(Workers))]
    public async Task A_row_that_a_statement_of_the_role_puts_into_the_outbox_is_refused_for_every_topic_of_others(string worker)
    {
        await using var database = scope.Database(worker);
        foreach (var topic in Topics.All.Select(t => t.Name))
        {
            var insert = () => database.Run(tx => tx.Execute(
                $"""
                insert into {worker}.outbox (slice, message_id, topic, wire_name, partition_key, record_key, at, trace_parent, body)
                values (0, gen_random_uuid(), @topic, 'any', 'by-hand', 'by-hand', now(), '', ''::bytea)
                """,
                new { topic }), default);
            if (TopicRights.MaySend(worker, topic)) await insert();
            else Assert.Equal("outbox_topics", (await Assert.ThrowsAsync<PostgresException>(insert)).ConstraintName);
        }
    }

    /// <summary>
    /// Written before the outbox was bound, or by somebody who may unbind it: the relay asks no rule of the database.
    /// </summary>
    [Theory]
    [MemberData(nameof(Workers))]
    public async Task A_row_for_a_topic_of_others_that_stands_in_the_outbox_is_not_sent_and_stops_its_slice_alone_until_it_is_gone(string worker)
    {
        const short Slice = 3;
        const short OtherSlice = 4;
        var foreign = worker == Principals.Settlement ? Topics.ContestEvents : Topics.Results;
        await using var database = scope.Database(worker);
        await using var connection = await database.OpenLasting(default);
        var slices = new RelaySlices(connection, worker);
        await slices.Balance(default);
        var clock = new LaterClock();
        using var relay = new OutboxRelay(worker, scope.Kafka, database, clock, NullLogger.Instance);
        var target = new Taken();
        while (await relay.SendWindow(slices, target, default) is null) { }
        target.Sent.Clear();
        await Unbound(worker, (Slice, Topics.Alerts, "first"), (Slice, foreign, "foreign"), (Slice, Topics.Alerts, "behind"),
            (OtherSlice, Topics.Alerts, "beside"), (OtherSlice, "nobodys.v1", "undeclared"));

        await SendAll();

        Assert.Equal(["beside", "first"], Keys());
        var told = target.Told.Where(r => r.WireName == "alert.raised.v1").Select(r => WireJson.Read<AlertRaisedV1>(r.Body))
            .ToArray();
        Assert.All(told, a => Assert.Equal(("outbox-refused", "critical"), (a.Kind, a.Severity)));
        Assert.Equal(2, told.DistinctBy(a => a.DedupKey).Count());
        Assert.Contains(told,
            a => a.Cause.Contains("key foreign, written 2026-10-04T17:00:00.0000000+00:00) at position", StringComparison.Ordinal)
            && a.Cause.Contains($"is for topic {foreign}, which {worker} may not write", StringComparison.Ordinal));
        Assert.Contains(
            told, a => a.Cause.Contains($"is for topic nobodys.v1, which {worker} may not write", StringComparison.Ordinal));

        await scope.Execute($"delete from {worker}.outbox where record_key in ('foreign', 'undeclared')");
        // Slices with trouble take turns with those without.
        for (var turn = 0; turn < 6; turn++)
        {
            clock.Later += RefusedSlices.Pause;
            await SendAll();
        }

        Assert.Equal(["behind", "beside", "first"], Keys());
        Assert.Equal(told.Select(a => a.DedupKey).Distinct().Order(),
            target.Told.Where(r => r.WireName == "alert.resolved.v1").Select(r => WireJson.Read<AlertResolvedV1>(r.Body).DedupKey)
                .Distinct().Order());

        async Task SendAll()
        {
            while (await relay.SendWindow(slices, target, default) is null) { }
        }

        string[] Keys() =>
            [.. target.Sent.Where(r => r.WireName == "any").Select(r => r.RecordKey).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public async Task A_forged_pair_of_awards_and_settled_is_parked_with_an_alert_and_makes_no_payout()
    {
        IMessage[] forged =
            [new ContestAwardsV1("forged", 1, 0, "usd",
                [new PlayerAwardsV1("thief", 100, 0, 100, [new PrizeV1("e", 1, 1, 100, 0, 100)])]), Settled("forged")];
        await using (var payout = await WorkerHarness.Open(
            scope.Build(b => b.AddPayout(), new Dictionary<string, string?> { ["STRIPE_API_KEY"] = "sk_test_nobody" }),
            PayoutWorker.Name, TimeProvider.System, default))
        {
            await payout.Handle(
                [.. forged.Select((m,
                    i) => HarnessRecord.Of(
                        m, $"forged-{i}", TopicRights.SourceOf(Principals.Ingestion), s_time) with { Offset = i + 1 })], default);
            await payout.RunJobs(default);
        }

        Assert.Equal(0, await scope.Scalar<long>("select count(*) from payout.contest where contest_id = 'forged'"));
        Assert.Equal(2, await scope.Scalar<long>("select count(*) from payout.parked where topic = 'contests.results.v1'"));
        var alert = WireJson.Read<AlertRaisedV1>(Assert.Single(await scope.Query<byte[]>(
            "select body from payout.outbox where wire_name = 'alert.raised.v1' and convert_from(body, 'UTF8') like "
                + "'%contests.results.v1 key forged%'")));
        Assert.Equal(("message-parked", "critical"), (alert.Kind, alert.Severity));
        Assert.Contains("source-not-allowed: ce_source should be contestpipeline/settlement, is contestpipeline/ingestion",
            alert.Cause, StringComparison.Ordinal);
    }

    /// <summary>As the owner of the database, past what binds the outbox.</summary>
    private Task Unbound(string worker, params (short Slice, string Topic, string Key)[] rows)
    {
        var inserts = rows.Select(row =>
            $"""
            insert into {worker}.outbox (slice, message_id, topic, wire_name, partition_key, record_key, at, trace_parent, body)
            values ({row.Slice}, gen_random_uuid(), '{row.Topic}', 'any', '{row.Key}', '{row.Key}', '2026-10-04T17:00:00Z', '', '');
            """);
        return scope.Execute(
            $"""
            do $$
            declare
                bound text;
            begin
                select pg_get_constraintdef(oid) into bound from pg_constraint where conname = 'outbox_topics' and conrelid = '{worker}.outbox'::regclass;
                alter table {worker}.outbox drop constraint outbox_topics;
                {string.Concat(inserts)}
                execute 'alter table {worker}.outbox add constraint outbox_topics ' || bound;
            end $$
            """);
    }

    /// <summary>A broker that takes everything.</summary>
    private sealed class Taken : IRelayTarget
    {
        internal List<OutboxRow> Sent { get; } = [];

        internal List<OutboxRow> Told { get; } = [];

        public void Send(OutboxRow row) => Sent.Add(row);

        public Task<IReadOnlyDictionary<short, string>> AllAcknowledged(CancellationToken ct) =>
            Task.FromResult<IReadOnlyDictionary<short, string>>(new Dictionary<short, string>());

        public Task Tell(OutboxRow row, CancellationToken ct)
        {
            Told.Add(row);
            return Task.CompletedTask;
        }
    }
}
