using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using ContestPipeline.Settlement;
using Npgsql;

namespace ContestPipeline.Integration.Settlement;

/// <summary>Settlement on a real PostgreSQL: what it waits for, what it refuses, what it writes, and that it does so
/// once.</summary>
public sealed class SettleJobTests(PipelineScope pipeline) : IClassFixture<PipelineScope>
{
    private Task<long> Count(string table, string contestId) =>
        pipeline.Scalar<long>($"select count(*) from settlement.{table} where contest_id = @contestId", new { contestId })!;

    private async Task<string?> Digest(string contestId) =>
        await pipeline.Scalar<string>("select digest from settlement.result where contest_id = @contestId", new { contestId });

    private Task<long> Sent(string type, string contestId) => pipeline.Scalar<long>(
        "select count(*) from settlement.outbox where convert_from(body, 'utf8')::jsonb ->> 'contestId' = @contestId and "
            + "wire_name = @type", new { type, contestId })!;

    private async Task<string?> AlertAbout(string kind, string contestId) => await pipeline.Scalar<string>(
        """
        select convert_from(body, 'utf8')::jsonb ->> 'cause' from settlement.outbox
        where wire_name = 'alert.raised.v1' and convert_from(body, 'utf8')::jsonb ->> 'kind' = @kind and convert_from(body,
            'utf8')::jsonb ->> 'subject' = @contestId
        """, new { kind, contestId });

    [Fact]
    public async Task A_complete_contest_is_settled_to_the_result_of_the_pure_computation()
    {
        await using var stage = new SettlementStage(pipeline);
        var contest = new PlayedContest("c-plain");
        await stage.Deliver([.. contest.Lines, .. contest.Events]);

        await stage.RunJob();

        Assert.Equal(contest.Expected.Digest, await Digest("c-plain"));
        Assert.Equal(contest.Expected.Awards.Winners.Length, await Count("award", "c-plain"));
        Assert.Equal(100_001,
            await pipeline.Scalar<long>("select sum(gross_minor)::bigint from settlement.award where contest_id = 'c-plain'"));
        Assert.Equal(1, await Sent("contest.awards.v1", "c-plain"));
        Assert.Equal(1, await Sent("contest.settled.v1", "c-plain"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Topics_in_any_mixture_and_batches_of_any_size_lead_to_the_same_digest(int seed)
    {
        await using var stage = new SettlementStage(pipeline);
        var contest = new PlayedContest($"c-mixed-{seed}");
        var chance = new SeededRandom((ulong)seed);
        var lines = new List<IMessage>([.. contest.Lines, .. contest.Lines.Where(_ => chance.Chance(20))]);
        chance.Shuffle(lines);
        var events = new Queue<IMessage>(contest.Events);
        var waiting = new Queue<IMessage>(lines);
        while (events.Count + waiting.Count > 0)
        {
            var batch = new List<IMessage>();
            for (var size = chance.Next(1, 20); size > 0 && events.Count + waiting.Count > 0; size--)
                batch.Add(events.Count == 0 || (waiting.Count > 0 && chance.Chance(50)) ? waiting.Dequeue() : events.Dequeue());
            await stage.Deliver(batch);
            await stage.RunJob();
            stage.Pass(TimeSpan.FromSeconds(1));
        }

        await stage.RunJob();

        Assert.Equal(contest.Expected.Digest, await Digest($"c-mixed-{seed}"));
    }

    [Fact]
    public async Task It_waits_for_what_is_missing_names_it_after_a_minute_and_goes_on_by_itself()
    {
        await using var stage = new SettlementStage(pipeline);
        var contest = new PlayedContest("c-waits");
        var last = contest.Lines.Last();
        await stage.Deliver([.. contest.Lines.Where(l => l != last), .. contest.Events]);

        await stage.RunJob();
        Assert.Null(await AlertAbout("settlement-waiting", "c-waits"));
        stage.Pass(SettlementStage.AlertAfter);
        await stage.RunJob();
        stage.Pass(SettlementStage.AlertAfter);
        await stage.RunJob();

        Assert.Contains($"line {last.GameId}/{last.AthleteId} version 3", await AlertAbout("settlement-waiting", "c-waits"));
        Assert.Equal(0, await Count("result", "c-waits"));
        await stage.Deliver(last);
        stage.Pass(TimeSpan.FromSeconds(1));
        await stage.RunJob();
        Assert.Equal(contest.Expected.Digest, await Digest("c-waits"));
    }

    [Fact]
    public async Task Missing_entries_and_chunks_are_counted_in_the_alert()
    {
        await using var stage = new SettlementStage(pipeline);
        var contest = new PlayedContest("c-fewer");
        await stage.Deliver([.. contest.Lines, contest.Published, .. contest.EntryEvents.Take(10), contest.Finalized]);

        stage.Pass(SettlementStage.AlertAfter);
        await stage.RunJob();

        var alert = await AlertAbout("settlement-waiting", "c-fewer");
        Assert.Contains("entries: 10 of 56", alert);
        Assert.Contains($"ranking chunk 0 of {contest.Chunks.Count}", alert);
    }

    [Fact]
    public async Task A_ranking_that_differs_from_Scorings_is_held_and_nothing_is_announced()
    {
        await using var stage = new SettlementStage(pipeline);
        var contest = new PlayedContest("c-differs");
        var wrong = contest.Chunks[0].Groups[1] with { Points = contest.Chunks[0].Groups[1].Points - 1 };
        var chunk = contest.Chunks[0] with { Groups = [contest.Chunks[0].Groups[0], wrong, .. contest.Chunks[0].Groups.Skip(2)] };
        await stage.Deliver([.. contest.Lines, contest.Published, .. contest.EntryEvents, chunk, .. contest.Chunks.Skip(1),
            contest.Finalized]);

        await stage.RunJob();
        stage.Pass(SettlementStage.AlertAfter);
        await stage.RunJob();

        Assert.Contains($"Scoring has {wrong.Entries} with {wrong.Points}", await AlertAbout("settlement-mismatch", "c-differs"));
        Assert.Equal(1, await Count("hold", "c-differs"));
        Assert.Equal(0,
            await Count("award", "c-differs") + await Count("result", "c-differs")
                + await Sent("contest.settled.v1", "c-differs"));
    }

    [Fact]
    public async Task A_cancelled_contest_is_never_settled_whether_it_completes_before_or_after()
    {
        await using var stage = new SettlementStage(pipeline);
        var before = new PlayedContest("c-cancel-before");
        var after = new PlayedContest("c-cancel-after");
        await stage.Deliver([.. before.Lines, before.Published,
            new ContestCancelledV1("c-cancel-before", null, "too few entries", "rule", default)]);
        await stage.Deliver(before.Events.Skip(1));
        await stage.Deliver([.. after.Lines, .. after.Events,
            new ContestCancelledV1("c-cancel-after", "x", "no longer wanted", "admin", default)]);

        await stage.RunJob();

        Assert.Equal(0, await Count("result", "c-cancel-before") + await Count("result", "c-cancel-after"));
        Assert.Null(await AlertAbout("settled-then-cancelled", "c-cancel-after"));
    }

    [Fact]
    public async Task A_cancellation_that_comes_too_late_alerts()
    {
        await using var stage = new SettlementStage(pipeline);
        var contest = new PlayedContest("c-too-late");
        await stage.Deliver([.. contest.Lines, .. contest.Events]);
        await stage.RunJob();

        await stage.Deliver(new ContestCancelledV1("c-too-late", "x", "second thoughts", "admin", default));

        Assert.Contains("second thoughts", await AlertAbout("settled-then-cancelled", "c-too-late"));
        Assert.Equal(1, await Count("result", "c-too-late"));
    }

    [Fact]
    public async Task Several_processes_settle_a_contest_once()
    {
        await using var stage = new SettlementStage(pipeline);
        var contests = Enumerable.Range(0, 8).Select(i => new PlayedContest($"c-many-{i}", winners: 20 + i)).ToArray();
        await stage.Deliver(contests.SelectMany(c => c.Lines));
        foreach (var contest in contests) await stage.Deliver(contest.Events);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => stage.RunJob()));
        stage.Pass(TimeSpan.FromSeconds(2));
        await stage.RunJob();

        foreach (var contest in contests)
        {
            var id = contest.Published.ContestId;
            Assert.Equal(contest.Expected.Digest, await Digest(id));
            Assert.Equal(1, await Sent("contest.settled.v1", id));
            Assert.Equal(contest.Expected.Awards.Winners.Length, await Count("award", id));
        }
    }

    [Fact]
    public async Task A_settled_contest_is_never_settled_again()
    {
        await using var stage = new SettlementStage(pipeline);
        var contest = new PlayedContest("c-again");
        await stage.Deliver([.. contest.Lines, .. contest.Events]);
        await stage.RunJob();

        await stage.Deliver(contest.Finalized);
        await Assert.ThrowsAsync<InvariantException>(() => stage.Deliver(contest.Finalized with { EntryCount = 1 }));
        await pipeline.Execute("update settlement.completion set state = 'waiting' where contest_id = 'c-again'");
        stage.Pass(TimeSpan.FromSeconds(1));
        var refused = await Assert.ThrowsAsync<PostgresException>(stage.RunJob);

        await pipeline.Execute("update settlement.completion set state = 'settled' where contest_id = 'c-again'");
        Assert.Equal(PostgresErrorCodes.UniqueViolation, refused.SqlState);
        Assert.Equal(1, await Sent("contest.settled.v1", "c-again"));
    }

    [Fact]
    public async Task A_contest_that_can_not_be_computed_does_not_hold_up_the_next()
    {
        await using var stage = new SettlementStage(pipeline);
        var broken = new PlayedContest("c-broken");
        var sound = new PlayedContest("c-sound");
        await stage.Deliver([.. broken.Lines, .. sound.Lines, .. broken.Events, .. sound.Events]);
        await pipeline.Execute(
            "update settlement.contest set definition = replace(definition, '\"platformFeeBps\":300', '\"platformFeeBps\":-1') "
                + "where contest_id = 'c-broken'");

        await using var database = pipeline.Database(SettlementService.Name);
        var job = new SettleJob(new SettlementOptions(SettlementStage.AlertAfter, TimeSpan.FromHours(1)));
        var failures = 0;
        for (var run = 0; run < 6; run++)
        {
            try
            {
                await database.Run(job.Run, CancellationToken.None);
            }
            catch (InvariantException e)
            {
                Assert.Contains("platformFeeBps", e.Message);
                failures++;
            }
        }

        await pipeline.Execute("update settlement.completion set state = 'held' where contest_id = 'c-broken'");
        Assert.Equal(1, failures);
        Assert.Equal(sound.Expected.Digest, await Digest("c-sound"));
    }

    [Fact]
    public async Task The_worker_can_neither_change_a_result_nor_write_one_that_its_awards_do_not_add_up_to()
    {
        await using var stage = new SettlementStage(pipeline);
        var contest = new PlayedContest("c-fixed");
        await stage.Deliver([.. contest.Lines, .. contest.Events]);
        await stage.RunJob();
        await using var database = pipeline.Database(SettlementService.Name);

        Task<PostgresException> Refused(string sql) =>
            Assert.ThrowsAsync<PostgresException>(() => database.Run(tx => tx.Execute(sql), CancellationToken.None));

        foreach (var sql in new[] { "update settlement.award set rank = 2", "delete from settlement.award",
            "truncate settlement.result", "update settlement.result set winners = 0" })
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Refused(sql)).SqlState);
        await pipeline.Execute(
            "insert into settlement.completion select contest_id, 2, body, 'waiting', received_at, 'infinity' from "
                + "settlement.completion where contest_id = 'c-fixed'");
        var unbacked = await Refused(
            """
            insert into settlement.result select contest_id, 2, definition_hash, currency, entry_count, entry_fees_minor,
                rake_minor, pool_minor, overlay_minor,
                surplus_minor, prizes_gross_minor, platform_fees_minor, prizes_net_minor, house_remainder_minor, winners,
                    award_chunks, digest, settled_at
            from settlement.result where contest_id = 'c-fixed'
            """);
        Assert.Equal(PostgresErrorCodes.CheckViolation, unbacked.SqlState);
    }
}
