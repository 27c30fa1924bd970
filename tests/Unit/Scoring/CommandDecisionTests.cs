using ContestPipeline.Contracts;
using ContestPipeline.Scoring;

namespace ContestPipeline.Unit.Scoring;

/// <summary>What becomes of a command.</summary>
public sealed class CommandDecisionTests
{
    private static readonly DateTimeOffset s_before = Build.Lock.AddHours(-1);
    private static readonly EntryView s_entry = new("e1", "p1", 3, ["q1", "r1", "w2"], Withdrawn: false);

    [Fact]
    public void A_valid_entry_before_lock_is_accepted() =>
        Assert.IsType<CommandDecision.Accept>(Decide(View(), Submit("q0", "r1", "w2")));

    [Fact]
    public void Entries_end_at_lock_time_or_when_a_game_starts_early_even_before_the_lifecycle_says_so()
    {
        Assert.Equal(Reasons.ContestLocked, Refused(View(), Submit("q0", "r1", "w2"), Build.Lock));
        Assert.Equal(Reasons.ContestLocked,
            Refused(View() with { StartedGames = new HashSet<string> { "g2" } }, Submit("q0", "r1", "w2")));
        Assert.Equal(Reasons.ContestLocked, Refused(View() with { State = ContestStates.Cancelled }, Submit("q0", "r1", "w2")));
    }

    [Fact]
    public void Each_limit_on_entries_has_a_reason_of_its_own()
    {
        var submit = Submit("q0", "r1", "w2");
        Assert.Equal(Reasons.ContestUnknown, Refused(View() with { Rules = null }, submit));
        Assert.Equal(Reasons.EntryExists, Refused(View() with { Entry = s_entry }, submit));
        Assert.Equal(Reasons.ContestFull, Refused(View() with { EntryCount = 100 }, submit));
        Assert.Equal(Reasons.PlayerLimit, Refused(View() with { PlayerEntries = 10 }, submit));
        Assert.Equal(Reasons.InvalidId, Refused(View(), submit with { EntryId = "a b" }));
        Assert.Equal(Reasons.InvalidId, Refused(View(), submit with { PlayerId = "p|1" }));
    }

    [Fact]
    public void A_swap_replaces_one_athlete_and_raises_the_version()
    {
        var change = Assert.IsType<CommandDecision.Change>(Decide(View() with { Entry = s_entry }, Swap(2, "w4")));
        Assert.Equal((4, "q1,r1,w4"), (change.Version, string.Join(',', change.AthleteIds)));
    }

    [Fact]
    public void Swaps_after_lock_need_late_swap_and_athletes_whose_games_have_not_started()
    {
        var entered = View() with { Entry = s_entry, State = ContestStates.Live, StartedGames = new HashSet<string> { "g1" } };
        var late = entered with { Rules = new ContestRules(Build.Contest(lateSwap: true)) };

        Assert.Equal(Reasons.LateSwapOff, Refused(entered, Swap(1, "r3")));
        Assert.IsType<CommandDecision.Change>(Decide(late, Swap(1, "r3")));
        Assert.Equal(Reasons.AthleteStarted, Refused(late, Swap(2, "w3")));
        Assert.Equal(Reasons.AthleteStarted, Refused(late, Swap(1, "r2")));
        Assert.Equal(Reasons.ContestOver, Refused(late with { State = ContestStates.Complete }, Swap(1, "r3")));
    }

    [Fact]
    public void A_swap_is_refused_when_the_entry_the_slot_or_the_new_line_up_is_wrong()
    {
        var entered = View() with { Entry = s_entry };
        Assert.Equal(Reasons.EntryUnknown, Refused(View(), Swap(1, "r3")));
        Assert.Equal(Reasons.EntryNotYours, Refused(entered, Swap(1, "r3") with { PlayerId = "p2" }));
        Assert.Equal(Reasons.EntryWithdrawn, Refused(entered with { Entry = s_entry with { Withdrawn = true } }, Swap(1, "r3")));
        Assert.Equal(Reasons.SlotUnknown, Refused(entered, Swap(3, "r3")));
        Assert.Equal(Reasons.SlotUnknown, Refused(entered, Swap(-1, "r3")));
        Assert.Equal(Reasons.AthleteUnknown, Refused(entered, Swap(1, "nobody")));
        Assert.Equal(Reasons.Position, Refused(entered, Swap(1, "w3")));
        Assert.Equal(Reasons.SlotUnknown, Refused(entered with { Entry = s_entry with { AthleteIds = [] } }, Swap(0, "q3")));
    }

    [Fact]
    public void An_entry_is_taken_back_until_lock()
    {
        var withdraw = new WithdrawEntryV1("k", "c1", "e1", "p1");
        Assert.IsType<CommandDecision.Withdraw>(Decide(View() with { Entry = s_entry }, withdraw));
        Assert.Equal(Reasons.ContestLocked, Refused(View() with { Entry = s_entry }, withdraw, Build.Lock));
    }

    [Fact]
    public void A_contest_is_cancelled_with_a_reason_until_its_result_may_exist()
    {
        var cancel = new CancelContestV1("k", "c1", "storm", "ops");
        Assert.IsType<CommandDecision.Cancel>(Decide(View() with { State = ContestStates.Live }, cancel));
        Assert.Equal(Reasons.InvalidText, Refused(View(), cancel with { Reason = "" }));
        Assert.Equal(Reasons.ContestOver, Refused(View() with { State = ContestStates.Settled }, cancel));
        var handed = View() with { State = ContestStates.Complete, MayCancel = false };
        Assert.Equal(Reasons.ContestFinal, Refused(handed, cancel));
        Assert.Equal(new CommandDecision.Recall(new UnsettledRanking(1, 2)),
            Decide(handed with { Unsettled = new UnsettledRanking(1, 2) }, cancel));
    }

    [Fact]
    public void Settlement_is_asked_again_only_about_what_it_has_and_has_not_settled()
    {
        var retry = new RetrySettlementV1("k", "c1", "mended", "ops");
        var handed = View() with { State = ContestStates.Settled, MayCancel = false, Unsettled = new UnsettledRanking(2, 1) };
        Assert.Equal(new CommandDecision.Recall(new UnsettledRanking(2, 1)), Decide(handed, retry));
        Assert.Equal(Reasons.InvalidText, Refused(handed, retry with { Reason = "" }));
        Assert.Equal(Reasons.NothingUnsettled, Refused(View() with { State = ContestStates.Live }, retry));
        Assert.Equal(Reasons.ContestOver, Refused(handed with { State = ContestStates.Cancelled }, retry));
    }

    [Fact]
    public void A_contest_is_published_once() =>
        Assert.Equal(Reasons.ContestExists, Refused(View(), new CreateContestV1("k", "c1", Build.Contest(), "ops")));

    public static TheoryData<string, Func<ContestDefinitionV1, ContestDefinitionV1>> BadDefinitions() => new()
    {
        { "definition.contestId", d => d with { ContestId = "other" } },
        { "definition.environment", d => d with { Environment = "live" } },
        { "definition.title", d => d with { Title = "bell\a" } },
        { "definition.kind", d => d with { Kind = "lottery" } },
        { "definition.currency", d => d with { Currency = "USD" } },
        { "definition.currency", d => d with { Currency = "dollar" } },
        { "definition.currency", d => d with { Currency = "" } },
        { "definition.currency", d => d with { Currency = "xyz" } },
        { "definition.entryFeeMinor", d => d with { EntryFeeMinor = 49 } },
        { "definition.entryFeeMinor", d => d with { Currency = "sek", EntryFeeMinor = 299 } },
        { "definition.entryFeeMinor", d => d with { EntryFeeMinor = -1 } },
        { "definition.entryFeeMinor", d => d with { EntryFeeMinor = 100_000_000 } },
        { "definition.maxEntries", d => d with { MaxEntries = 0 } },
        { "definition.maxEntriesPerPlayer", d => d with { MaxEntriesPerPlayer = 0 } },
        { "definition.minEntries", d => d with { MinEntries = 101 } },
        { "definition.lockAt", d => d with { LockAt = s_before } },
        { "definition.scoringEndsAt", d => d with { ScoringEndsAt = Build.Lock } },
        { "definition.correctionWindowSeconds", d => d with { CorrectionWindowSeconds = -1 } },
        { "definition.lateCorrectionPolicy", d => d with { LateCorrectionPolicy = "undo" } },
        { "definition.reconcileTolerance", d => d with { ReconcileTolerance = -1 } },
        { "definition.gameIds", d => d with { GameIds = [] } },
        { "definition.gameIds", d => d with { GameIds = ["g1", "g1"] } },
        { "definition.gameIds[1]", d => d with { GameIds = ["g1", null!] } },
        { "definition.gameIds[1]", d => d with { GameIds = ["g1", "2026/g2"] } },
        { "definition.gameIds[1]", d => d with { GameIds = ["g1", new string('g', 65)] } },
        { "definition.ruleSet", d => d with { RuleSet = new RuleSetRefV1("no-such", 1, "x") } },
        { "definition.ruleSet.hash", d => d with { RuleSet = d.RuleSet with { Hash = "x" } } },
        { "definition.roster.slots", d => d with { Roster = d.Roster with { Slots = [] } } },
        { "definition.roster.slots[0]", d => d with { Roster = d.Roster with { Slots = [null!] } } },
        { "definition.roster.slots[0].positions",
            d => d with { Roster = d.Roster with { Slots = [new RosterSlotV1("X", [])] } } },
        { "definition.roster.slots[0].multiplierHundredths",
            d => d with { Roster = d.Roster with { Slots = [new RosterSlotV1("X", ["QB"], 0)] } } },
        { "definition.athletes", d => d with { Athletes = [] } },
        { "definition.athletes[0].gameId", d => d with { Athletes = [d.Athletes[0] with { GameId = "g9" }] } },
        { "definition.athletes[1].athleteId", d => d with { Athletes = [d.Athletes[0], d.Athletes[0]] } },
        { "definition.athletes[0].athleteId", d => d with { Athletes = [d.Athletes[0] with { AthleteId = "a,b" }] } },
        { "definition.athletes[0].athleteId", d => d with { Athletes = [d.Athletes[0] with { AthleteId = "nfl@12" }] } },
        { "definition.athletes[0].athleteId",
            d => d with { Athletes = [d.Athletes[0] with { AthleteId = new string('a', 65) }] } },
        { "definition.prizes", d => d with { Prizes = new PrizeStructureV1(PrizeTypes.Custom, PercentBps: [5_000, 4_000]) } },
    };

    [Theory]
    [MemberData(nameof(BadDefinitions))]
    public void A_bad_definition_is_refused_and_the_field_named(
        string field, Func<ContestDefinitionV1, ContestDefinitionV1> spoil)
    {
        var good = Build.Contest() with { RuleSet = RuleSets.Ref(RuleSets.All.First()) };
        var view = View() with { Rules = null, State = null };

        Assert.IsType<CommandDecision.Publish>(Decide(view, new CreateContestV1("k", "c1", good, "ops")));
        var refused = Assert.IsType<CommandDecision.Refuse>(Decide(view, new CreateContestV1("k", "c1", spoil(good), "ops")));
        Assert.Equal(field, refused.Refusal.Field);
    }

    [Theory]
    [InlineData("kwd")]
    [InlineData("isk")]
    [InlineData("xyz")]
    public void A_currency_in_which_nothing_could_be_paid_is_refused_before_anybody_enters(string currency)
    {
        var definition = Build.Contest() with { RuleSet = RuleSets.Ref(RuleSets.All.First()), Currency = currency };

        var refusal = Assert.IsType<CommandDecision.Refuse>(
            Decide(View() with { Rules = null, State = null }, new CreateContestV1("k", "c1", definition, "ops"))).Refusal;

        Assert.Equal((Reasons.CurrencyUnsupported, "definition.currency"), (refusal.ReasonCode, refusal.Field));
        Assert.Contains("jpy", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith($"got {currency}", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100_000, false)]
    [InlineData(99_999, true)]
    [InlineData(0, true)]
    public void A_pool_that_is_guaranteed_beyond_what_the_house_adds_at_most_is_refused(long maxMinor, bool isRefused)
    {
        var definition = Build.Contest() with { RuleSet = RuleSets.Ref(RuleSets.All.First()) };

        var decision = DecideCommand.Decide(
            View() with { Rules = null, State = null }, new CreateContestV1("k", "c1", definition, "ops"), "test", s_before,
            maxMinor);

        if (!isRefused)
        {
            Assert.IsType<CommandDecision.Publish>(decision);
            return;
        }

        var refusal = Assert.IsType<CommandDecision.Refuse>(decision).Refusal;
        Assert.Equal((Reasons.OverlayTooLarge, "definition.guaranteedPoolMinor"), (refusal.ReasonCode, refusal.Field));
        Assert.EndsWith("(CONTEST_OVERLAY_MAX_MINOR); got 100000", refusal.Message, StringComparison.Ordinal);
        Assert.IsType<CommandDecision.Publish>(DecideCommand.Decide(
            View() with { Rules = null, State = null },
            new CreateContestV1("k", "c1", definition with { GuaranteedPoolMinor = null }, "ops"), "test", s_before, maxMinor));
    }

    [Fact]
    public void Nothing_set_means_a_limit_all_the_same()
    {
        var definition = Build.Contest(
            guaranteed: PrizeRules.OverlayMaxMinorDefault + 1) with { RuleSet = RuleSets.Ref(RuleSets.All.First()) };

        Assert.Equal(Reasons.OverlayTooLarge,
            Refused(View() with { Rules = null, State = null }, new CreateContestV1("k", "c1", definition, "ops")));
    }

    private static CommandView View() => new(
        new ContestRules(Build.Contest(roster: Build.Roster(cap: null))), ContestStates.Scheduled, 5, new HashSet<string>(), null,
        0);

    private static SubmitEntryV1 Submit(params string[] athletes) => new("k", "c1", "e1", "p1", athletes);

    private static SwapAthleteV1 Swap(int slot, string athlete) => new("k", "c1", "e1", "p1", slot, athlete);

    private static CommandDecision Decide(CommandView view, IContestCommand command, DateTimeOffset? now = null) =>
        DecideCommand.Decide(view, command, "test", now ?? s_before);

    private static string Refused(CommandView view, IContestCommand command, DateTimeOffset? now = null) =>
        Assert.IsType<CommandDecision.Refuse>(Decide(view, command, now)).Refusal.ReasonCode;
}
