using ContestPipeline.Contracts;
using ContestPipeline.Replay;
using ContestPipeline.Replay.Effect;
using ContestPipeline.Replay.Run;
using ContestPipeline.Replay.Server;
using ContestPipeline.WebConsole.Shown;

namespace ContestPipeline.Unit.Replaying;

/// <summary>What may be done to a replay of the server's, and how its effect is measured and drawn.</summary>
public sealed class ServerReplayTests
{
    [Theory]
    [InlineData(ServerReplayStates.Planned, 100, "ordered")]
    [InlineData(ServerReplayStates.Planned, 101, "awaits-approver")]
    [InlineData(ServerReplayStates.Planning, 0, null)]
    [InlineData(ServerReplayStates.Done, 0, null)]
    [InlineData(ServerReplayStates.Stopped, 0, null)]
    public void What_moves_more_than_the_limit_waits_for_an_approver(string state, long effect, string? then) =>
        Assert.Equal(then, (DecideReplay.Order(In(state) with { EffectMinor = effect }, 100) as ReplayActAnswer.Moves)?.State);

    [Fact]
    public void Who_ordered_a_replay_cannot_approve_it()
    {
        var waiting = In(ServerReplayStates.AwaitsApprover) with { OrderedBy = "olga" };

        Assert.IsType<ReplayActAnswer.Refused>(DecideReplay.Approve(waiting, "olga"));
        Assert.Equal(new ReplayActAnswer.Moves(ServerReplayStates.Ordered), DecideReplay.Approve(waiting, "anna"));
        Assert.IsType<ReplayActAnswer.Refused>(DecideReplay.Approve(waiting with { State = ServerReplayStates.Planned }, "anna"));
    }

    [Theory]
    [InlineData("running", "producing", true, false, true)]
    [InlineData("running", "paused", false, true, true)]
    [InlineData("running", "settling", false, false, false)]
    [InlineData("running", "stopping", false, false, true)]
    [InlineData("running", null, false, false, false)]
    [InlineData("done", "done", false, false, false)]
    [InlineData("ordered", null, false, false, true)]
    [InlineData("planned", null, false, false, true)]
    public void A_run_is_paused_continued_and_stopped_only_where_that_means_something(
        string state, string? run, bool pauses, bool goesOn, bool stops)
    {
        var replay = In(state) with { RunState = run };

        Assert.Equal((pauses, goesOn, stops), (
            DecideReplay.Pause(replay, pause: true) is not ReplayActAnswer.Refused,
            DecideReplay.Pause(replay, pause: false) is not ReplayActAnswer.Refused,
            DecideReplay.Stop(replay) is not ReplayActAnswer.Refused));
    }

    [Fact]
    public void The_effect_is_the_most_that_moves_in_one_currency_and_never_a_sum_of_two()
    {
        var total = Contest("") with
        {
            Prizes = [new CentsEffect("eur", 10, 5), new CentsEffect("usd", 7, 7)],
            TransferCents = [new CentsEffect("usd", 20, 0)],
        };

        Assert.Equal(20, EffectSize.Of(total));
        Assert.Equal(0, EffectSize.Of(Contest("")));
    }

    [Fact]
    public void The_picture_shows_the_contests_that_change_most_and_nothing_that_changes_is_invisible()
    {
        var contests = Enumerable.Range(1, 14).Select(n => Contest($"c-{n:00}") with
        {
            Prizes = [new CentsEffect("usd", n == 14 ? 1_000_000 : n, n == 13 ? 500_000 : 0)],
        });

        var picture = Assert.Single(EffectPicture.Of(Effect([.. contests])));

        Assert.Equal(("c-14", 300L, 0L), (picture.Bars[0].ContestId, picture.Bars[0].Up, picture.Bars[0].Down));
        Assert.Equal(("c-13", 1L, 150L), (picture.Bars[1].ContestId, picture.Bars[1].Up, picture.Bars[1].Down));
        Assert.Equal((12, 2, "+10,000.00 USD"), (picture.Bars.Count, picture.Left, picture.Bars[0].Sum));
        Assert.Empty(EffectPicture.Of(Effect([Contest("same")])));
    }

    [Fact]
    public void A_wish_that_contradicts_itself_is_not_planned()
    {
        var wish = new ReplayWish(Topics.FeedGames, null, null, null, null, null, null, null, null, null);

        Assert.Null(CheckWish.Fault(wish));
        Assert.Contains("no topic", CheckWish.Fault(wish with { Topic = "nowhere" }), StringComparison.Ordinal);
        Assert.NotNull(CheckWish.Fault(wish with { Contest = "c", Game = "g" }));
        Assert.NotNull(CheckWish.Fault(wish with { FromOffset = 5, ToOffset = 5 }));
        Assert.NotNull(CheckWish.Fault(wish with { Partition = -1 }));
        Assert.NotNull(CheckWish.Fault(wish with { NotBefore = DateTimeOffset.UnixEpoch, Before = DateTimeOffset.UnixEpoch }));
        Assert.NotNull(CheckWish.Fault(wish with { Key = new string('k', 501) }));
    }

    [Fact]
    public void A_process_that_dies_after_the_end_of_a_run_does_not_make_it_a_refused_one()
    {
        var refused = new ReplayAnswer.Refused(["this plan has been run"]);

        Assert.Equal(("done", ""), ReplayFaults.Outcome(refused, "done"));
        Assert.Equal(("refused", "this plan has been run"), ReplayFaults.Outcome(refused, null));
        Assert.Equal(("ordered", ""), ReplayFaults.Outcome(new ReplayAnswer.Busy(), "producing"));
    }

    private static ServerReplay In(string state) => new(
        "id", Topics.FeedGames, state, "olga", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, 0, null, null, "", 0, 0, null,
        null, 0, null, null, 0, 60, null, "", null, 0, 0);

    private static ContestEffect Contest(string id) =>
        new(id, "PAID", "PAID", null, null, 1, 1, 0, 0, 0, 0, [], 0, [], "", "", "", "");

    private static ReplayEffect Effect(IReadOnlyList<ContestEffect> contests) => new(
        new MessageEffect(0, 0, 0, 0, 0, 0), Contest(""), contests, 0, 0, 0, new Dictionary<string, long>(), [], []);
}
