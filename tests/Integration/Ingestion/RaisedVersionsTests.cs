using ContestPipeline.Contracts;
using ContestPipeline.Ingestion;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Scoring;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Ingestion;

/// <summary>Ingestion's database went back: what is told from then on is newer than all that was told before.</summary>
public sealed class RaisedVersionsTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private static readonly DateTimeOffset s_start = new(2016, 10, 2, 17, 0, 0, TimeSpan.Zero);
    private readonly HandClock clock = new(s_start);
    private readonly GameCache memory = new();

    [Fact]
    public async Task A_game_whose_versions_were_raised_after_a_restore_is_told_whole_above_everything_that_was_told_before()
    {
        await Handle([Play("raised", 1, "a1"), Play("raised", 2, "a2")]);
        var before = await Versions("raised", "stat.line.v1");
        await Raise();

        await Handle([Play("raised", 3, "a1")]);

        var lines = (await scope.Query<byte[]>(
            "select body from ingestion.outbox where wire_name = 'stat.line.v1' and partition_key = 'raised' order by position"))
            .Select(b => WireJson.Read<StatLineV1>(b)).Skip(2).ToArray();
        Assert.Equal(["a1", "a2"], lines.Select(l => l.AthleteId));
        Assert.All(lines, l => Assert.True(l.Version > before.Max(), $"{l}"));
        Assert.Equal((14, 7), (lines[0].Stats["rush_yds"], lines[1].Stats["rush_yds"]));
    }

    [Fact]
    public async Task A_game_that_a_restored_database_does_not_know_begins_above_what_was_told_of_it()
    {
        // Another test's clock was ahead of this one's.
        await scope.Execute("update ingestion.version_floor set version = 0");
        IReadOnlyList<IMessage> told = [.. Enumerable.Range(1, 3).Select(n => Play("forgotten", n, "a1")),
            new FeedStatusV1("forgotten", 4, GameStatus.Complete, s_start)];
        foreach (var message in told) await Handle([message]);
        var (lines, states) = (await Versions("forgotten", "stat.line.v1"), await Versions("forgotten", "game.state.v1"));
        await Forget("forgotten");

        await Raise();
        await Handle(told);

        Assert.NotEmpty(states);
        Assert.Single((await Versions("forgotten", "stat.line.v1")).Skip(lines.Count));
        Assert.All((await Versions("forgotten", "stat.line.v1")).Skip(lines.Count), v => Assert.True(v > lines.Max(), $"{v}"));
        Assert.All((await Versions("forgotten", "game.state.v1")).Skip(states.Count), v => Assert.True(v > states.Max(), $"{v}"));
    }

    [Fact]
    public async Task One_back_up_restored_twice_uses_no_version_again()
    {
        await Handle([Play("twice", 1, "a1")]);
        await Raise();
        clock.Now += TimeSpan.FromMinutes(1);
        await Raise();
        await Handle([Play("twice", 2, "a1")]);
        var first = await Versions("twice", "stat.line.v1");
        await Forget("twice");
        await scope.Execute("update ingestion.version_floor set version = 0");
        clock.Now += TimeSpan.FromMinutes(10);

        await Raise();
        await Handle([Play("twice", 1, "a1"), Play("twice", 2, "a1")]);

        var all = await Versions("twice", "stat.line.v1");
        Assert.True(all[^1] > first.Max(), string.Join(' ', all));
    }

    /// <summary>As a back-up of before the game was heard of has it.</summary>
    private Task Forget(string gameId) => scope.Execute(
        """
        delete from ingestion.play where game_id = @gameId;
        delete from ingestion.line where game_id = @gameId;
        delete from ingestion.game where game_id = @gameId;
        """, new { gameId });

    private Task Raise()
    {
        clock.Now += TimeSpan.FromSeconds(1);
        return scope.Database(IngestionService.Name, clock).Run(tx => tx.RaiseVersions(), default);
    }

    private async Task<IReadOnlyList<long>> Versions(string gameId, string wireName) => await scope.Query<long>(
        "select (convert_from(body, 'UTF8')::json ->> 'version')::bigint from ingestion.outbox "
            + "where wire_name = @wireName and partition_key = @gameId order by position", new { gameId, wireName });

    private static FeedPlayV1 Play(string gameId, long sequence, string athlete) =>
        new(gameId, $"e{sequence}", sequence, 1, "upsert", true,
            [new AthleteStatsV1(athlete, new Dictionary<string, long> { ["rush_yds"] = 7 })], s_start);

    private Task Handle(IReadOnlyList<IMessage> batch) => scope.Database(IngestionService.Name, clock).Run(
        tx => new FeedHandler(memory).Handle(
            [.. batch.Select((m, i) => new Received<IMessage>(m, new Envelope(
                Topics.FeedGames, 0, i, m.RecordKey, DeterministicId.From(m.IdempotencyKey), WireTypes.Of(m.GetType()).Name,
                "tests", s_start, null, new Dictionary<string, string>(), WireJson.Bytes(m))))], tx), default);
}
