using ContestPipeline.Contracts;
using ContestPipeline.Payout.Drafts;
using ContestPipeline.Payout.Monitoring;
using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Integration.Payout.Drafts;

/// <summary>Two who do something with one draft at the same moment, and a process that dies while it does.</summary>
public sealed class DraftRaceTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private const int Rounds = 20;

    private static readonly DateTimeOffset s_start = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly PlatformTerms s_platform = new("test", 300, 2_000, 86_400);

    private static readonly ChallengeTerms s_terms = new(
        "Twenty runs", "usd", 1_000, MaxEntries: 50, Verified: new VerifiedTerms(
            s_start, s_start.AddDays(30), s_start.AddDays(32), 20, 25, new ProofTerms(TextRequired: true), 3, 5_000));

    [Fact]
    public async Task Of_many_edits_of_one_version_at_once_one_is_kept_and_the_others_are_told()
    {
        var draft = await Kept("edits", "d");

        var decisions = await AtOnce(n => world.Database.Run(
            tx => tx.SaveDraft("edits", "d", draft.Version, s_terms with { Title = $"edit {n}" }), default));

        Assert.Single(decisions.OfType<DraftDecision.Write>());
        Assert.Equal(Rounds - 1, decisions.Count(d => d is DraftDecision.Refuse { Fault: DraftFault.OtherVersion }));
        Assert.StartsWith("edit ", (await Find("edits", "d"))!.Terms.Title, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Published_many_times_at_once_it_is_sent_once()
    {
        var draft = await Kept("twice", "d");

        var decisions = await AtOnce(_ => Publish(draft));

        Assert.Single(decisions.OfType<DraftDecision.Publish>());
        Assert.Equal(Rounds - 1, decisions.OfType<DraftDecision.Nothing>().Count());
        Assert.Single(await Sent(draft));
    }

    [Fact]
    public async Task Edited_and_published_at_once_it_is_published_as_it_was_seen_or_not_at_all()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var draft = await Kept($"both-{round}", "d");
            var edited = s_terms with { Title = "edited" };

            var decisions = await Task.WhenAll(
                Task.Run(() => Publish(draft)),
                Task.Run(() => world.Database.Run(tx => tx.SaveDraft(draft.PlayerId, "d", draft.Version, edited), default)),
                Task.Run(() => world.Database.Run(tx => tx.DeleteDraft(draft.PlayerId, "d", draft.Version), default)));

            Assert.Equal(2, decisions.Count(d => d is DraftDecision.Refuse));
            var sent = await Sent(draft);
            Assert.Equal(decisions[0] is DraftDecision.Publish ? [s_terms.Title!] : [], sent.Select(m => m.Definition.Title));
            var left = await Find(draft.PlayerId, "d");
            Assert.Equal((decisions[2] is DraftDecision.Delete, decisions[1] is DraftDecision.Write ? "edited" : "Twenty runs"),
                (left is null, left?.Terms.Title ?? "Twenty runs"));
        }
    }

    [Fact]
    public async Task Kept_at_once_there_are_no_more_than_allowed_and_one_of_one_id()
    {
        var decisions = await AtOnce(n => world.Database.Run(
            tx => tx.SaveDraft("full", $"d{n / 2}", null, s_terms), default));
        Assert.Equal((Rounds / 2, Rounds / 2),
            (decisions.OfType<DraftDecision.Write>().Count(), decisions.OfType<DraftDecision.Nothing>().Count()));

        var more = await AtOnce(n => world.Database.Run(tx => tx.SaveDraft("full", $"more{n}", null, s_terms), default));
        Assert.Equal(ChallengeDraft.OpenMax - Rounds / 2, more.OfType<DraftDecision.Write>().Count());
        Assert.Equal(ChallengeDraft.OpenMax, await world.Scalar<long>(
            "select count(*) from payout.challenge_draft where player_id = 'full'"));
    }

    [Fact]
    public async Task A_process_that_dies_before_it_commits_has_published_nothing_and_the_next_one_publishes_once()
    {
        var draft = await Kept("dies", "d");

        await Assert.ThrowsAsync<InvalidOperationException>(() => world.Database.Run<int>(async tx =>
        {
            Assert.IsType<DraftDecision.Publish>(await tx.PublishDraft("dies", "d", draft.Version, s_platform));
            throw new InvalidOperationException("killed");
        }, default));
        Assert.Equal(DraftStates.Draft, (await Find("dies", "d"))!.State);
        Assert.Empty(await Sent(draft));

        Assert.IsType<DraftDecision.Publish>(await Publish(draft));
        Assert.IsType<DraftDecision.Nothing>(await Publish(draft));
        Assert.Single(await Sent(draft));
    }

    [Fact]
    public async Task One_that_Scoring_does_not_answer_is_told_until_it_does()
    {
        var draft = await Kept("waits", "d");
        await Publish(draft);
        var key = WaitRules.Draft.Key(draft.ContestId);
        await world.Database.Run(new WaitingJob().Run, default);
        Assert.DoesNotContain(await world.Sent<AlertRaisedV1>(), a => a.DedupKey == key);

        world.Clock.Forward(WaitRules.Draft.Patience + TimeSpan.FromMinutes(1));
        await world.Database.Run(new WaitingJob().Run, default);
        Assert.Contains("draft d of waits",
            Assert.Single(await world.Sent<AlertRaisedV1>(), a => a.DedupKey == key).Cause, StringComparison.Ordinal);

        var asked = Assert.Single(await Sent(draft));
        await world.Handle(new RefusedDrafts(), new CommandRejectedV1(
            asked.CommandId, draft.ContestId, "contest.create.v1", "publish-late", "too late", null, "hash",
            world.Clock.GetUtcNow()));
        await world.Database.Run(new WaitingJob().Run, default);
        Assert.Contains(await world.Sent<AlertResolvedV1>(), a => a.DedupKey == key);
    }

    [Fact]
    public async Task So_many_are_published_within_a_day()
    {
        for (var n = 0; n < ChallengeDraft.PublishedMax; n++)
            Assert.IsType<DraftDecision.Publish>(await Publish(await Kept("eager", $"d{n}")));
        var more = await Kept("eager", "more");

        Assert.Equal(DraftFault.AsThingsStand, Assert.IsType<DraftDecision.Refuse>(await Publish(more)).Fault);
        world.Clock.Forward(ChallengeDraft.PublishWindow);
        Assert.IsType<DraftDecision.Publish>(await Publish(more));
    }

    [Theory]
    [InlineData("update payout.challenge_draft set body = '{}'")]
    [InlineData("update payout.challenge_draft set contest_id = 'another'")]
    [InlineData("delete from payout.challenge_draft")]
    public async Task The_database_itself_changes_no_draft_that_is_to_be_published(string change)
    {
        var player = $"stands-{change.Length}";
        await Publish(await Kept(player, "d"));

        var refused = await Assert.ThrowsAsync<PostgresException>(() => world.Database.Run(
            tx => tx.Execute($"{change} where player_id = @player", new { player }), default));
        Assert.Equal(PostgresErrorCodes.RestrictViolation, refused.SqlState);
    }

    private async Task<ChallengeDraft> Kept(string player, string draftId)
    {
        await world.Database.Run(tx => tx.SaveDraft(player, draftId, null, s_terms), default);
        return (await Find(player, draftId))!;
    }

    private Task<ChallengeDraft?> Find(string player, string draftId) =>
        world.Database.Run(tx => tx.FindDraft(player, draftId), default);

    private Task<DraftDecision> Publish(ChallengeDraft draft) =>
        world.Database.Run(tx => tx.PublishDraft(draft.PlayerId, draft.DraftId, draft.Version, s_platform), default);

    private static Task<DraftDecision[]> AtOnce(Func<int, Task<DraftDecision>> act) =>
        Task.WhenAll(Enumerable.Range(0, Rounds).Select(n => Task.Run(() => act(n))));

    private async Task<IReadOnlyList<PublishChallengeV1>> Sent(ChallengeDraft draft) =>
        [.. (await world.Database.Run(tx => tx.Query<byte[]>(
            "select body from payout.outbox where partition_key = @ContestId", new { draft.ContestId }), default))
            .Select(body => WireJson.Read<PublishChallengeV1>(body))];
}
