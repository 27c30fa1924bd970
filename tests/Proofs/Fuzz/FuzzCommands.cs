using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;
using ContestPipeline.Settlement;

namespace ContestPipeline.Proofs.Fuzz;

/// <summary>
/// Commands through the reader and the judge, against no contest, a fresh one and one in any state. A contest that is published
/// must take an entry and must be settleable: what the check lets through, nothing later may stumble over.
/// </summary>
internal sealed class FuzzCommands : IFuzzTarget
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 21, 6, 0, 0, TimeSpan.Zero);
    private static readonly RuleSet s_rules = RuleSets.Find("draftkings-nfl-classic", 2015)!;
    private static readonly ContestDefinitionV1 s_definition = new(
        "c1", "A contest", "lineup", "usd", 500, 100, 10, 2, 100_000, s_now.AddHours(5), ["g1", "g2"], RuleSets.Ref(s_rules),
        new RosterV1([new RosterSlotV1("QB", ["QB"], 150), new RosterSlotV1("RB", ["RB"])], 1_000, 1, 1, 2, AllowEmpty: true),
        [new PoolAthleteV1("a1", "One", ["QB"], "t1", "g1", 10), new PoolAthleteV1("a2", "Two", ["RB"], "t2", "g2", 20),
            new PoolAthleteV1("a3", "Three", ["RB", "QB"], "t2", "g2", 20)],
        new PrizeStructureV1(PrizeTypes.WinnerTakesAll), 1_000, 300, 60, "freeze", true, 0, "test");

    private static readonly ContestRules s_published = new(s_definition);
    private static readonly string[] s_states =
        [ContestStates.Scheduled, ContestStates.Locked, ContestStates.Live, ContestStates.Complete, ContestStates.Settled,
            ContestStates.Paid, ContestStates.Cancelled];

    private static readonly (string Type, string Body)[] s_templates =
    [
        .. Definitions().Select(d => ("contest.create.v1", Text(new CreateContestV1("k1", "c1", d, "someone")))),
        ("contest.submit-entry.v1", Text(new SubmitEntryV1("k2", "c1", "e1", "p1", ["a1", "a2"]))),
        ("contest.submit-entry.v1", Text(new SubmitEntryV1("k3", "c1", "e2", "p1", ["a3", "a2"]))),
        ("contest.swap-athlete.v1", Text(new SwapAthleteV1("k4", "c1", "e1", "p1", 0, "a3"))),
        ("contest.withdraw-entry.v1", Text(new WithdrawEntryV1("k5", "c1", "e1", "p1"))),
        ("contest.cancel-challenge.v1", Text(new CancelChallengeV1("k9", "c1", "p1", "nobody came"))),
        ("contest.cancel.v1", Text(new CancelContestV1("k6", "c1", "weather", "someone"))),
        ("contest.retry-settlement.v1", Text(new RetrySettlementV1("k7", "c1", "mended", "someone"))),
    ];

    public string Name => "commands";

    public string Try(SeededRandom chance, out byte[] input)
    {
        var (type, template) = chance.Pick(s_templates);
        input = MutateJson.Of(template, chance);
        var record = Records.Of(Topics.ContestCommands, type, "c1", "id", input, 1, chance);
        var reading = Records.Read(record, out var envelope);
        if (reading is DecodeResult.Malformed wrong)
            return Records.Rejected(envelope, wrong.Reason, wrong.Field, wrong.Expected, wrong.Got);
        if (((DecodeResult.Decoded)reading).Message is not IContestCommand command)
            return Records.Rejected(envelope, "not-a-command", "ce_type", "a contest command", null);
        if (!IdRules.IsId(command.CommandId) || !IdRules.IsId(command.ContestId))
            return Records.Rejected(envelope, "invalid-id", "commandId", IdRules.IdExpected, null);

        var decision = DecideCommand.Decide(View(command, chance), command, "test", s_now);
        if (decision is CommandDecision.Refuse { Refusal: var refusal })
        {
            Invariant.Holds(refusal.ReasonCode.Length > 0 && refusal.Message.Length > 0, "a refusal says nothing");
            Invariant.Holds(WireJson.Bytes(refusal).Length > 0, "a refusal cannot be sent");
            return "rejected: " + refusal.ReasonCode;
        }

        if (decision is CommandDecision.Publish publish) Run(publish.Definition);
        return "accepted: " + decision.GetType().Name;
    }

    /// <summary>The contest that the commands of the templates are about, open for a day.</summary>
    public static CreateContestV1 Create(DateTimeOffset now) =>
        new("create", "c1", s_definition with { LockAt = now.AddDays(1) }, "someone");

    private static CommandView View(IContestCommand command, SeededRandom chance)
    {
        if (command is CreateContestV1 || chance.Chance(5)) return new CommandView(null, null, 0, new HashSet<string>(), null, 0);
        var entry = command is SubmitEntryV1 && chance.Chance(80)
            ? null : new EntryView("e1", "p1", 1, chance.Chance(80) ? ["a1", "a2"] : [], chance.Chance(10));
        var started = chance.Chance(20) ? new HashSet<string> { chance.Pick(s_definition.GameIds) } : [];
        return new CommandView(
            s_published, chance.Chance(70) ? ContestStates.Scheduled : chance.Pick(s_states),
            chance.Chance(95) ? chance.Next(100) : 100, started, entry, chance.Next(12), chance.Chance(90),
            Unsettled: chance.Chance(50) ? new UnsettledRanking(1, 2) : null);
    }

    /// <summary>Published, sent, read again, entered and settled.</summary>
    private static void Run(ContestDefinitionV1 definition)
    {
        var hash = CanonicalHash.Of(definition);
        var read = WireJson.Read<ContestDefinitionV1>(WireJson.Bytes(definition));
        Invariant.Holds(CanonicalHash.Of(read) == hash, "the definition has another hash after it was sent");
        var rules = new ContestRules(read);
        var members = read.Kind == ContestKinds.Activity ? (string[])["p1"] : [];
        var entries = new EntryBookBuilder();
        for (var n = 0; n < Math.Clamp(read.MinEntries, 1, Math.Min(50, read.MaxEntries)); n++)
            entries.Add($"e{n}", members.Length > 0 ? $"p{n}" : "p1", n, members.Length > 0 ? $"p{n}" : "");
        DecideCommand.Decide(
            new CommandView(rules, ContestStates.Scheduled, 0, new HashSet<string>(), null, 0),
            new SubmitEntryV1("k", "c1", "e1", "p1",
                [.. read.Roster.Slots.Select((_, i) => read.Athletes.Count == 0
                    ? "p1" : read.Athletes[i % read.Athletes.Count].AthleteId)]), "test", s_now);
        var book = entries.Build();
        if (book.Count < read.MinEntries) return;
        var stats = new FinalStats(new HashSet<string>(), new Dictionary<(string, string), IReadOnlyDictionary<string, long>>());
        SettleContest.Compute(read, hash, RuleSets.Find(read.RuleSet.Name, read.RuleSet.Version)!, stats, book);
    }

    private static IEnumerable<ContestDefinitionV1> Definitions()
    {
        yield return s_definition;
        yield return s_definition with { Prizes = new PrizeStructureV1(PrizeTypes.Custom, PercentBps: [6_000, 4_000]),
            GuaranteedPoolMinor = null };
        yield return s_definition with { Prizes = new PrizeStructureV1(
            PrizeTypes.RankTable, Ranges: [new PrizeRangeV1(1, 1, 50_000), new PrizeRangeV1(2, 3, 10_000)]) };
        yield return s_definition with { Prizes = new PrizeStructureV1(PrizeTypes.PercentageTable,
            Ranges: [new PrizeRangeV1(1, 1, EachBps: 5_000), new PrizeRangeV1(2, 3, EachBps: 2_500)]) };
        yield return s_definition with { Prizes = new PrizeStructureV1(PrizeTypes.DoubleUp, Places: 5, AmountMinor: 1_000) };
        yield return s_definition with
        {
            Kind = ContestKinds.Activity, GameIds = ["g1"], Athletes = [], MaxEntriesPerPlayer = 1, LateSwap = false,
            Roster = new RosterV1([new RosterSlotV1("PLAYER", [ContestKinds.PlayerPosition])], null, 0, 0, null, false),
        };
    }

    private static string Text(IMessage message) => Encoding.UTF8.GetString(WireJson.Bytes(message));
}
