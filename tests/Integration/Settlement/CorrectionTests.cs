using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Settlement;
using Npgsql;

namespace ContestPipeline.Integration.Settlement;

/// <summary>
/// Later revisions on a real PostgreSQL: what they award and take back, once, each beside everything before it.
/// </summary>
public sealed class CorrectionTests(PipelineScope pipeline) : IClassFixture<PipelineScope>
{
    [Theory]
    [InlineData(LateCorrectionPolicies.CreditOnly)]
    [InlineData(LateCorrectionPolicies.Resettle)]
    public async Task Three_revisions_award_and_take_back_what_pure_computation_says_and_replays_change_nothing(string policy)
    {
        await using var stage = new SettlementStage(pipeline);
        var contest = new PlayedContest($"corr-{policy}", policy: policy);
        var second = contest.Revise(2, 1, 9, 0);
        var third = contest.Revise(3, 4, 0, 1, 7);
        await stage.Deliver([.. contest.Lines, .. contest.Events]);
        await stage.RunJob();
        await stage.Deliver([.. second.Lines, .. second.Events]);
        await stage.RunJob();
        await stage.Deliver([.. third.Lines, .. third.Events]);
        await stage.RunJob();
        var before = await Everything(contest.Published.ContestId);

        await stage.Deliver([.. third.Lines, .. second.Lines, .. contest.Lines, .. contest.Events, .. second.Events,
            .. third.Events]);
        await stage.RunJob();

        Assert.Equal(before, await Everything(contest.Published.ContestId));
        Assert.Equal(3, await Count("result", contest));
        await AgreesWith(contest, [contest.Expected, second.Full, third.Full]);
        Assert.True(await Count("award", contest) > contest.Expected.Awards.Winners.Length, "the corrections award something");
        Assert.Equal(policy == LateCorrectionPolicies.Resettle, await Count("reduction", contest) > 0);
    }

    [Fact]
    public async Task A_revision_waits_until_the_one_before_it_is_settled()
    {
        await using var stage = new SettlementStage(pipeline);
        var contest = new PlayedContest("corr-early", policy: LateCorrectionPolicies.Resettle);
        var second = contest.Revise(2, 1, 9, 0);
        await stage.Deliver([contest.Published, .. contest.EntryEvents, .. second.Lines, .. second.Events]);
        await stage.RunJob();
        Assert.Equal("the result of revision 1",
            await pipeline.Scalar<string>(
                "select missing from settlement.completion where contest_id = 'corr-early' and revision = 2"));

        await stage.Deliver([.. contest.Lines, .. contest.Chunks, contest.Finalized]);
        stage.Pass(TimeSpan.FromSeconds(2));
        await stage.RunJob();
        stage.Pass(TimeSpan.FromSeconds(2));
        await stage.RunJob();

        await AgreesWith(contest, [contest.Expected, second.Full]);
    }

    [Fact]
    public async Task The_same_lines_under_another_version_make_a_revision_without_awards()
    {
        await using var stage = new SettlementStage(pipeline);
        var contest = new PlayedContest("corr-same", policy: LateCorrectionPolicies.Resettle);
        var second = contest.Revise(2, 1);
        await stage.Deliver([.. contest.Lines, .. contest.Events]);
        await stage.RunJob();
        await stage.Deliver([.. second.Lines, .. second.Events]);
        await stage.RunJob();

        var settled = (await Sent<ContestSettledV1>("corr-same"))[^1];
        Assert.Equal((2, 0, 0, 0L), (settled.Revision, settled.Winners, settled.AwardChunks, settled.PrizesGrossMinor));
        Assert.Empty(await Sent<ContestReductionsV1>("corr-same"));
    }

    [Fact]
    public async Task The_database_refuses_a_revision_out_of_turn_and_one_that_takes_back_more_than_was_awarded()
    {
        await using var stage = new SettlementStage(pipeline);
        var contest = new PlayedContest("corr-forged", policy: LateCorrectionPolicies.Resettle);
        await stage.Deliver([.. contest.Lines, .. contest.Events]);
        await stage.RunJob();
        var skipped = await Assert.ThrowsAsync<PostgresException>(() => pipeline.Execute(EmptyResult("corr-forged", 3)));
        var greedy = await Assert.ThrowsAsync<PostgresException>(() => pipeline.Execute(
            """
            insert into settlement.reduction
            select contest_id, 2, entry_id, player_id, rank, points, gross_minor + 1, 0, gross_minor + 1 from settlement.award
            where contest_id = 'corr-forged' limit 1;
            """ + EmptyResult("corr-forged", 2)));

        Assert.Contains("the revision before it is not settled", skipped.MessageText, StringComparison.Ordinal);
        Assert.Contains("takes back more than was awarded", greedy.MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_awarded_can_be_taken_back_to_the_last_cent_and_nothing_after_it()
    {
        await using var stage = new SettlementStage(pipeline);
        var contest = new PlayedContest("corr-whole", policy: LateCorrectionPolicies.Resettle);
        await stage.Deliver([.. contest.Lines, .. contest.Events]);
        await stage.RunJob();

        await pipeline.Execute(Reductions("corr-whole", 2, "gross_minor - 1") + EmptyResult("corr-whole", 2));
        await pipeline.Execute(Reductions("corr-whole", 3, "1") + EmptyResult("corr-whole", 3));
        var again = await Assert.ThrowsAsync<PostgresException>(() =>
            pipeline.Execute(Reductions("corr-whole", 4, "1") + EmptyResult("corr-whole", 4)));

        Assert.Contains("revision 4: it takes back more than was awarded", again.MessageText, StringComparison.Ordinal);
        Assert.Equal(3, await Count("result", contest));
    }

    /// <summary>
    /// Sums that were looked up entry by entry took longer than the time a statement has, and the settlement began again for
    /// ever.
    /// </summary>
    [Fact]
    public async Task A_correction_of_thousands_of_entries_is_stored()
    {
        await using var stage = new SettlementStage(pipeline);
        var contest = new PlayedContest("corr-large", policy: LateCorrectionPolicies.Resettle);
        await stage.Deliver([.. contest.Lines, .. contest.Events]);
        await stage.RunJob();
        await pipeline.Execute(
            """
            insert into settlement.award select 'corr-large', 0, 'many-' || i, 'p' || i, i, 0, 1000, 30, 970 from
                generate_series(1, 80000) as i;
            insert into settlement.reduction select 'corr-large', 2, 'many-' || i, 'p' || i, i, 0, 1000, 30, 970 from
                generate_series(1, 16000) as i
            """);

        await pipeline.Execute(EmptyResult("corr-large", 2));

        Assert.Equal(2, await Count("result", contest));
    }

    /// <summary>Of every award of the first revision, before fees.</summary>
    private static string Reductions(string contestId, int revision, string grossMinor) =>
        $"""
        insert into settlement.reduction
        select contest_id, {revision}, entry_id, player_id, rank, points, {grossMinor}, 0, {grossMinor} from settlement.award
        where contest_id = '{contestId}' and revision = 1;

        """;

    /// <summary>A revision that awards nothing, written by hand.</summary>
    private static string EmptyResult(string contestId, int revision) =>
        $"""
        insert into settlement.completion (contest_id, revision, body, state, received_at, next_check_at)
        select contest_id, {revision}, body, 'settled', received_at, next_check_at from settlement.completion where contest_id = '{contestId}' and revision = 1;
        insert into settlement.result
        select contest_id, {revision}, definition_hash, currency, entry_count, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, digest, settled_at
        from settlement.result where contest_id = '{contestId}' and revision = 1
        """;

    /// <summary>
    /// Published messages, stored rows and a recomputation from the messages alone, against the pure functions on the true
    /// results.
    /// </summary>
    private async Task AgreesWith(PlayedContest contest, IReadOnlyList<SettlementResult> full)
    {
        var contestId = contest.Published.ContestId;
        var settled = await Sent<ContestSettledV1>(contestId);
        var awards = await Sent<ContestAwardsV1>(contestId);
        var reductions = await Sent<ContestReductionsV1>(contestId);
        var awarded = new Dictionary<string, long>(StringComparer.Ordinal);
        Assert.Equal(Enumerable.Range(1, full.Count), settled.Select(s => s.Revision));
        foreach (var result in full)
        {
            var (announced, less) = result.Revision == 1
                ? (result, new Awards([], new long[result.Entries.Count], new long[result.Entries.Count]))
                : CorrectAwards.Of(result, contest.Published.Definition, awarded) is var c ? (c.Result, c.Reductions) : default;
            Assert.Equal(announced.Digest, settled[result.Revision - 1].Digest);
            Assert.Equal(
                announced.Awards.Winners.Select(announced.Prize).OrderBy(p => p.EntryId, StringComparer.Ordinal),
                awards.Where(a => a.Revision == result.Revision).SelectMany(a => a.Players).SelectMany(p => p.Prizes)
                    .OrderBy(p => p.EntryId, StringComparer.Ordinal));
            Assert.Equal(
                less.GrossMinor.Sum(),
                reductions.Where(a => a.Revision == result.Revision).SelectMany(a => a.Players).Sum(p => p.GrossMinor));
            for (var entry = 0; entry < result.Entries.Count; entry++)
            {
                var id = result.Entries.EntryIds[entry];
                awarded[id] = awarded.GetValueOrDefault(id) + announced.Awards.GrossMinor[entry] - less.GrossMinor[entry];
                if (awarded[id] == 0) awarded.Remove(id);
            }
        }

        Assert.Equal(awarded.Values.Sum(), await pipeline.Scalar<long>(
            """
            select (select coalesce(sum(gross_minor), 0) from settlement.award where contest_id = @contestId)
                - (select coalesce(sum(gross_minor), 0) from settlement.reduction where contest_id = @contestId)
            """, new { contestId }));
    }

    private Task<long> Count(string table, PlayedContest contest) =>
        pipeline.Scalar<long>(
            $"select count(*) from settlement.{table} where contest_id = @id", new { id = contest.Published.ContestId })!;

    private async Task<IReadOnlyList<T>> Sent<T>(string contestId) where T : IMessage => [.. (await pipeline.Query<byte[]>(
        "select body from settlement.outbox where wire_name = @name and partition_key = @contestId order by position",
        new { name = WireTypes.Of(typeof(T)).Name, contestId })).Select(b => WireJson.Read<T>(b))];

    private async Task<string?> Everything(string contestId) => await pipeline.Scalar<string>(
        """
        select md5(string_agg(line, chr(10) order by line)) from (
            select r::text as line from settlement.result r where contest_id = @contestId
            union all select a::text from settlement.award a where contest_id = @contestId
            union all select d::text from settlement.reduction d where contest_id = @contestId
            union all select position::text from settlement.outbox where partition_key = @contestId) everything
        """, new { contestId });
}
