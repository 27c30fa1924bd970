using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;
using Npgsql;

namespace ContestPipeline.Integration.Scoring.Restored;

/// <summary>
/// Scoring's database goes back, and knows more of the games than it did when it decides again what it had decided and published.
/// </summary>
public sealed class StandingAnswerTests(PipelineScope scope) : IClassFixture<PipelineScope>, IAsyncLifetime
{
    private const long FeeMinor = 500;
    private ScoringRig rig = new(scope, new HandClock(Slate.Published));
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await ReadAll();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_swap_that_was_refused_is_refused_again_in_the_same_words_although_it_was_sent_in_time()
    {
        const string Id = "refused-before";
        await rig.Command(Slate.Create(Id), Slate.Submit(Id, 1, 0, 1, 2, 3));
        var copy = await BackUp();
        var swap = new SwapAthleteV1($"swap-{Id}", Id, "e1", "p1", 0, "a4");
        rig.Clock.Now = Slate.Lock.AddMinutes(1);
        await rig.Command(swap);
        var first = Assert.Single(await rig.Sent<CommandRejectedV1>(Id));

        await GoBack(copy, first);
        rig.SentAt = Slate.Lock.AddMinutes(-1);
        await rig.Command(swap);

        Assert.Equal(first, Assert.Single(await rig.Sent<CommandRejectedV1>(Id)));
        Assert.Empty(await rig.Sent<EntryChangedV1>(Id));
    }

    [Fact]
    public async Task A_swap_that_was_taken_and_parked_when_it_came_again_is_taken_also_when_all_else_is_read_again()
    {
        const string Id = "parked-meanwhile";
        await rig.Command(Slate.Create(Id), Slate.Submit(Id, 1, 0, 1, 2, 3));
        var copy = await BackUp();
        var swap = new SwapAthleteV1($"swap-{Id}", Id, "e1", "p1", 0, "a4");
        await rig.Command(swap);
        var first = Assert.Single(await rig.Sent<EntryChangedV1>(Id));

        await GoBack(copy, first);
        await ReadAll();
        rig.Clock.Now = Slate.Lock.AddHours(1);
        await rig.Command(swap);

        Assert.Equivalent(first, Assert.Single(await rig.Sent<EntryChangedV1>(Id)), strict: true);
    }

    [Fact]
    public async Task A_swap_that_was_taken_is_taken_again_although_the_game_is_known_by_now_to_have_begun_before_it()
    {
        const string Id = "taken-before";
        await rig.Command(Slate.Create(Id, lateSwap: true), Slate.Submit(Id, 1, 0, 1, 2, 3));
        var copy = await BackUp();
        var swap = new SwapAthleteV1($"swap-{Id}", Id, "e1", "p1", 0, "a4");
        rig.Clock.Now = Slate.Lock.AddMinutes(1);
        await rig.Command(swap);
        var first = Assert.Single(await rig.Sent<EntryChangedV1>(Id));

        await GoBack(copy, first);
        await rig.Lines(Slate.Game($"{Id}-g1", 1, GameStatus.InProgress, rig.Clock.Now) with { StartedAt = Slate.Lock });
        rig.SentAt = rig.Clock.Now;
        rig.Clock.Now = rig.Clock.Now.AddHours(1);
        await rig.Command(swap);

        Assert.Equivalent(first, Assert.Single(await rig.Sent<EntryChangedV1>(Id)), strict: true);
        Assert.Empty(await rig.Sent<CommandRejectedV1>(Id));
    }

    [Fact]
    public async Task A_swap_that_followed_one_that_was_taken_back_has_the_version_and_the_line_up_that_it_had()
    {
        const string Id = "followed";
        await rig.Command(Slate.Create(Id, lateSwap: true), Slate.Submit(Id, 1, 0, 1, 2, 3));
        var copy = await BackUp();
        SwapAthleteV1[] swaps = [new($"late-{Id}", Id, "e1", "p1", 2, "a6"), new($"then-{Id}", Id, "e1", "p1", 3, "a7")];
        rig.Clock.Now = Slate.Lock.AddHours(2);
        await rig.Command(swaps[0]);
        await rig.Lines(Begun());
        await rig.Tick();
        await rig.Command(swaps[1]);
        var published = await rig.Sent<EntryChangedV1>(Id);
        Assert.Equal([2, 3, 4], published.Select(c => c.Version));

        await GoBack(copy, [.. published]);
        await rig.Command(swaps[0]);
        await rig.Command(swaps[1]);
        await rig.Lines(Begun());
        await ReadAll();
        await rig.Tick();

        var again = await rig.Sent<EntryChangedV1>(Id);
        Assert.Equal([2, 4, 5], again.Select(c => c.Version));
        Assert.Equal("a0 a1 a2 a7", string.Join(' ', published[^1].AthleteIds));
        Assert.Equal(published[^1].AthleteIds, again[^1].AthleteIds);

        GameStateV1 Begun() =>
            Slate.Game($"{Id}-g1", 1, GameStatus.InProgress, rig.Clock.Now) with { StartedAt = Slate.Lock.AddMinutes(1) };
    }

    [Fact]
    public async Task A_fee_that_was_refused_and_given_back_is_refused_again_although_it_was_paid_in_time()
    {
        const string Id = "given-back";
        var create = Slate.Create(Id);
        await rig.Command(create with { Definition = create.Definition with { EntryFeeMinor = FeeMinor } });
        await rig.Command(Slate.Submit(Id, 1, 0, 1, 2, 3));
        var copy = await BackUp();
        rig.Clock.Now = Slate.Lock.AddMinutes(1);
        await rig.Payment(Paid(Id));
        var first = Assert.Single(await rig.Sent<EntryRefusedV1>(Id));

        await GoBack(copy, first);
        rig.SentAt = Slate.Lock.AddMinutes(-1);
        await rig.Payment(Paid(Id));

        Assert.Equal(first, Assert.Single(await rig.Sent<EntryRefusedV1>(Id)));
        Assert.Empty(await rig.Sent<EntryAcceptedV1>(Id));
    }

    [Fact]
    public async Task A_swap_that_is_read_again_before_the_payment_of_its_entry_finds_the_entry_that_was_let_in()
    {
        const string Id = "let-in";
        var create = Slate.Create(Id);
        await rig.Command(create with { Definition = create.Definition with { EntryFeeMinor = FeeMinor } });
        await rig.Command(Slate.Submit(Id, 1, 0, 1, 2, 3));
        var copy = await BackUp();
        var swap = new SwapAthleteV1($"swap-{Id}", Id, "e1", "p1", 0, "a4");
        await rig.Payment(Paid(Id));
        await rig.Command(swap);
        IMessage[] published = [.. await rig.Sent<EntryAcceptedV1>(Id), .. await rig.Sent<EntryChangedV1>(Id)];
        Assert.Equal(2, published.Length);

        await GoBack(copy, published);
        await rig.Command(swap);
        await rig.Payment(Paid(Id));

        Assert.Equivalent(published[1], Assert.Single(await rig.Sent<EntryChangedV1>(Id)), strict: true);
        Assert.Equal(1, await scope.Scalar<long>(
            "select entry_count from scoring.contest where contest_id = @Id", new { Id }));
    }

    [Fact]
    public async Task A_ranking_that_was_published_is_not_made_again_and_what_the_feed_changed_since_is_a_correction()
    {
        const string Id = "ranked-before";
        var create = Slate.Create(Id);
        await rig.Command(
            create with { Definition = create.Definition with { LateCorrectionPolicy = LateCorrectionPolicies.CreditOnly } },
            Slate.Submit(Id, 1, 0, 1, 2, 3));
        rig.Clock.Now = Slate.Lock;
        await rig.Start(Id);
        var copy = await BackUp();
        await rig.Lines(Slate.Line(Id, 0, 1, 10, rig.Clock.Now));
        await rig.Close(Id, new Dictionary<string, long> { ["a0"] = 1 });
        rig.Clock.Now = rig.Clock.Now.AddMinutes(2);
        await rig.Tick();
        var first = Assert.Single(await rig.Sent<ContestFinalizedV1>(Id));

        await GoBack(copy, first);
        await rig.Lines(Slate.Line(Id, 0, 2, 90, rig.Clock.Now));
        await rig.Close(Id, new Dictionary<string, long> { ["a0"] = 2 });
        await rig.Settled(new ContestSettledV1(Id, 1, "d", "usd", 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "d", rig.Clock.Now));
        await ReadAll();
        rig.Clock.Now = rig.Clock.Now.AddMinutes(2);
        await rig.Tick();
        await rig.Tick();

        var second = Assert.Single(await rig.Sent<ContestFinalizedV1>(Id));
        Assert.Equal((2, 2), (second.Revision, (int)second.Games[0].LineVersions["a0"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_said_of_a_lifecycle_is_newer_than_all_that_was_said_before(bool isCreationLost)
    {
        var id = $"newer-{isCreationLost}";
        var copy = isCreationLost ? await BackUp() : "";
        await rig.Command(Slate.Create(id));
        copy = isCreationLost ? copy : await BackUp();
        rig.Clock.Now = Slate.Lock;
        await rig.Start(id);
        var before = await rig.Sent<LifecycleV1>(id);
        Assert.Equal(ContestStates.Live, before[^1].State);

        await GoBack(copy);
        rig.SentAt = Slate.Published;
        if (isCreationLost) await rig.Command(Slate.Create(id));
        await ReadAll();
        await rig.Start(id);

        var after = await rig.Sent<LifecycleV1>(id);
        Assert.Equal(ContestStates.Live, after[^1].State);
        Assert.All(after.Where(l => l.State != ContestStates.Scheduled), l => Assert.True(l.Version > before[^1].Version));
    }

    /// <summary>The database is what it was, what it published was read back, and records come again.</summary>
    private async Task GoBack(string copy, params IMessage[] published)
    {
        await scope.GoBack(copy);
        Restart();
        var lost = new WentBack(ScoringService.Name, "lost", Slate.Published)
        {
            Written = [.. published.Select(m => new Envelope(
                Topics.ContestEvents, 0, 0, m.PartitionKey, DeterministicId.From(m.IdempotencyKey),
                WireTypes.Of(m.GetType()).Name, TopicRights.SourceOf(ScoringService.Name), rig.Clock.Now, null,
                new Dictionary<string, string>(), WireJson.Bytes(m)))],
        };
        await scope.Database(ScoringService.Name, rig.Clock).Run(
            async tx =>
            {
                await PublishedBefore.ReadBack(lost, tx);
                return true;
            }, ct);
        await scope.Execute(
            "insert into scoring.handled_offset (topic, partition, epoch, next_offset, handled_at, again_until) values "
                + "('contest.commands.v1', 0, 1, 0, now(), 5)");
    }

    private async Task<string> BackUp()
    {
        var copy = await scope.BackUp();
        Restart();
        return copy;
    }

    /// <summary>Whoever was connected was cut off.</summary>
    private void Restart()
    {
        NpgsqlConnection.ClearAllPools();
        rig = new ScoringRig(scope, rig.Clock);
    }

    private Task ReadAll() => scope.Execute("delete from scoring.handled_offset");

    private static EntryPaymentChangedV1 Paid(string contestId) => new(
        contestId, "e1", "p1", 2, EntryPaymentStates.Paid, FeeMinor, "usd", "pi_1", null, null, Slate.Published);
}
