using ContestPipeline.Contracts;
using ContestPipeline.Scoring;

namespace ContestPipeline.Unit.Scoring;

/// <summary>Contests in which the entry is the player and the feed carries the player's own points.</summary>
public sealed class ActivityContestTests
{
    private static readonly DateTimeOffset s_before = Build.Lock.AddHours(-1);
    private static readonly RuleSet s_rules = RuleSets.Find("activity-points", 1)!;

    private static readonly ContestDefinitionV1 s_contest = Build.Contest(perPlayer: 1) with
    {
        Kind = ContestKinds.Activity, GameIds = ["challenge"], Athletes = [], RuleSet = RuleSets.Ref(s_rules),
        Roster = new RosterV1([new RosterSlotV1("player", [ContestKinds.PlayerPosition])], null, 0, 0, null, false),
    };

    [Fact]
    public void The_definition_names_one_stream_and_no_athletes()
    {
        Assert.Null(Refused(s_contest));
        Assert.Equal("definition.gameIds", Refused(s_contest with { GameIds = ["a", "b"] }));
        Assert.Equal(
            "definition.athletes", Refused(s_contest with { Athletes = [new("a", "A", ["player"], "t", "challenge", 1)] }));
        Assert.Equal(
            "definition.roster.slots", Refused(s_contest with { Roster = s_contest.Roster with { Slots = [new("p", ["QB"])] } }));
        Assert.Equal("definition.roster.slots",
            Refused(s_contest with { Roster = s_contest.Roster with { Slots = [new("p", ["player"], 150)] } }));
        Assert.Equal("definition.roster", Refused(s_contest with { Roster = s_contest.Roster with { SalaryCap = 5 } }));
        Assert.Null(Refused(s_contest with { MaxEntries = FeedBoxV1.LinesMax }));
        Assert.Equal("definition.maxEntries", Refused(s_contest with { MaxEntries = FeedBoxV1.LinesMax + 1 }));
        Assert.Equal("definition.lateSwap", Refused(s_contest with { LateSwap = true }));
        Assert.Equal("definition.maxEntriesPerPlayer", Refused(s_contest with { MaxEntriesPerPlayer = 2 }));
        Assert.Equal("definition.kind", Refused(s_contest with { Kind = "lottery" }));

        static string? Refused(ContestDefinitionV1 d) => ValidateDefinition.Check(d, d.ContestId, "test", s_before)?.Field;
    }

    [Fact]
    public void An_entry_is_the_player_himself()
    {
        var accept = Assert.IsType<CommandDecision.Accept>(Submit("p-1"));
        Assert.Equal(["p-1"], accept.AthleteIds);

        Assert.Equal("athleteIds", Assert.IsType<CommandDecision.Refuse>(Submit("p-1", "q0")).Refusal.Field);
        Assert.Equal("playerId", Assert.IsType<CommandDecision.Refuse>(Submit("p@home")).Refusal.Field);
        Assert.Equal("playerId", Assert.IsType<CommandDecision.Refuse>(Submit(new string('p', 65))).Refusal.Field);
    }

    [Fact]
    public void Points_count_whether_they_come_before_or_after_the_entry_and_not_for_those_who_did_not_enter()
    {
        var board = new ContestBoard(new ContestRules(s_contest));
        board.SetLine("challenge", "early", Points(30));
        board.SetLine("challenge", "stranger", Points(99));
        board.SetLine("another", "late", Points(77));
        board.Put(1, "early");
        board.Put(2, "late");
        board.Put(3, "idle");
        board.SetLine("challenge", "late", Points(45));

        Assert.Equal(
            [(2L, 1, 45L), (1L, 2, 30L), (3L, 3, 0L)], board.Engine.Top(10).Select(p => (p.AcceptanceNo, p.Rank, p.Points)));
    }

    [Fact]
    public void Thousands_of_players_who_were_not_named_beforehand_rank_as_they_score()
    {
        var board = new ContestBoard(new ContestRules(s_contest));
        for (var n = 1; n <= 3_000; n++) board.Put(n, $"p{n}");
        for (var n = 1; n <= 3_000; n++) board.SetLine("challenge", $"p{n}", Points(n % 1_000));

        Assert.Equal((3, 998L), (board.Engine.PlaceOf(998) is { } p ? (p.TiedWith + 1, p.Points) : default));
        Assert.Equal(1, board.Engine.PlaceOf(1_999)!.Value.Rank);
        Assert.Equal(2_998, board.Engine.PlaceOf(1_000)!.Value.Rank);
    }

    private static Dictionary<string, long> Points(long points) => new() { ["activity_points"] = points };

    private static CommandDecision Submit(string playerId, params string[] athleteIds) => DecideCommand.Decide(
        new CommandView(new ContestRules(s_contest), ContestStates.Scheduled, 0, new HashSet<string>(), null, 0),
        new SubmitEntryV1("c1", s_contest.ContestId, "e1", playerId, athleteIds), "test", s_before);
}
