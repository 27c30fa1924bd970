using System.Globalization;
using ContestPipeline.Contestctl.Entries;
using ContestPipeline.Contestctl.Files;
using ContestPipeline.Contracts;
using ContestPipeline.Demo.RealContest;
using ContestPipeline.Scoring;
using ContestPipeline.Unit.Ingestion;
using ContestPipeline.Unit.Tidy;

namespace ContestPipeline.Unit.Contestctl;

/// <summary>Files of line-ups become entries as they are written; whatever is none is named with its line, and nothing is
/// lost.</summary>
public sealed class EntriesImportTests
{
    private const string Header = "Entry ID,Player ID,QB,RB,WR,WR,TE,FLEX,DST\n";

    private const string Lineup =
        "Eli Manning,DeAngelo Williams,Odell Beckham,Sammie Coates,Travis Kelce,Spencer Ware,KC defence";

    private static readonly ContestDefinitionV1 s_contest =
        WireJson.Read<ContestDefinitionV1>(File.ReadAllBytes(Source.Full("samples/contest.json")));

    private static readonly string[] s_ids =
        ["00-0022803", "00-0024242", "00-0031235", "00-0032166", "00-0030506", "00-0030414", "KC-DST"];

    [Fact]
    public void The_sample_is_three_entries_of_the_sample_contest()
    {
        var file = Read(Source.Read("samples/entries.csv"));

        Assert.Empty(file.Refused);
        Assert.Equal([(2, "sample-1", "ann"), (3, "sample-2", "bob"), (4, "sample-3", "ann")],
            file.Entries.Select(e => (e.Line, e.Command.EntryId, e.Command.PlayerId)));
        Assert.Equal(s_ids, file.Entries[0].Command.AthleteIds);
    }

    [Theory]
    [InlineData(Header + "e1,ann," + Lineup)]
    [InlineData("\uFEFF" + Header + "e1,ann," + Lineup + "\r\n\r\n")]
    [InlineData("DST,FLEX,TE,WR2,WR1,RB,QB,Note,player_id,entry_id\nKC defence,Spencer Ware,Travis Kelce,Sammie Coates,"
        + "Odell Beckham Jr.,DeAngelo Williams,Eli Manning,mine,ann,e1")]
    [InlineData(Header + "e1,ann,00-0022803,DeAngelo  Williams,ODELL BECKHAM,Sammie Coates (PIT),Travis Kelce (00-0030506),"
        + "Spencer Ware,KC-DST")]
    [InlineData("entry,player,QB,RB,WR,WR,TE,FLEX,DST,,Instructions\ne1,ann," + Lineup + ",,1. Fill in\n,,,,,,,,,,2. Send,x,y\n")]
    public void Slots_come_in_any_order_and_athletes_by_id_or_name(string text)
    {
        var file = Read(text);

        Assert.Empty(file.Refused);
        var one = Assert.Single(file.Entries).Command;
        Assert.Equal(("e1", "ann"), (one.EntryId, one.PlayerId));
        Assert.Equal(s_ids, one.AthleteIds);
    }

    [Theory]
    [InlineData("Eli Manning (900)")]
    [InlineData("900:Eli Manning")]
    [InlineData("900")]
    public void An_operators_file_of_one_player_names_athletes_by_the_operators_ids(string quarterback)
    {
        var file = ReadEntries.Of(
            $"Entry ID,Contest Name,Contest ID,Entry Fee,QB,RB,WR,WR,TE,FLEX,DST\n7,x,1,$5,{quarterback},{Lineup[12..]}\n",
            new ContestRules(s_contest), "ann", new Dictionary<string, string> { ["900"] = "00-0022803" });

        Assert.Empty(file.Refused);
        Assert.Equal(["Contest Name", "Contest ID", "Entry Fee"], file.PassedOver);
        Assert.Equal(("7", "ann", "00-0022803"),
            (file.Entries[0].Command.EntryId, file.Entries[0].Command.PlayerId, file.Entries[0].Command.AthleteIds[0]));
    }

    [Theory]
    [InlineData("e1,ann,Eli Maning", "athlete-unknown: QB: nobody of the pool has the id or the name 'Eli Maning'")]
    [InlineData("e1,ann,Eli Manning (KC)",
        "athlete-unknown: QB: nobody of the pool is 'Eli Manning (KC)'; there is 00-0022803 (NYG QB)")]
    [InlineData("e1,ann,Alex Smith (00-0022803)",
        "athlete-unknown: QB: expected the name and id of one athlete; 00-0022803 is Eli Manning")]
    [InlineData("e1,ann,", "lineup-size: QB: expected an athlete; the cell is empty")]
    [InlineData("e1,ann,KC defence", "position: athleteIds[0]: slot QB takes QB; athlete KC-DST plays DST")]
    [InlineData("e 1,ann,Eli Manning", "invalid-id: entry: expected 1 to 128 of the characters")]
    [InlineData("e1,,Eli Manning", "invalid-id: player: expected 1 to 128 of the characters")]
    [InlineData("e1,ann,x,Eli Manning", "lineup-size: expected 9 cells; got 10")]
    public void What_is_no_entry_is_refused_with_its_line_and_the_others_are_read(string begin, string said)
    {
        var file = Read($"{Header}e0,bob,{Lineup}\n\n{begin}{Lineup[11..]}\ne9,eve,{Lineup}\n");

        var no = Assert.Single(file.Refused);
        Assert.Equal(4, no.Line);
        Assert.StartsWith(said, $"{no.ReasonCode}: {no.Message}", StringComparison.Ordinal);
        Assert.Equal([2, 5], file.Entries.Select(e => e.Line));
    }

    [Fact]
    public void Lines_beyond_the_contests_limits_and_entries_named_twice_are_refused()
    {
        var lines = string.Concat(Enumerable.Range(1, 4).Select(i => $"e{i},ann,{Lineup}\n")) + $"e2,bob,{Lineup}\n";

        var file = Read(Header + lines);

        Assert.Equal(["5 player-limit", "6 entry-exists"], file.Refused.Select(r => $"{r.Line} {r.ReasonCode}"));
        Assert.Equal(["contest-full"], ReadEntries.Of(Header + lines, new ContestRules(s_contest with { MaxEntries = 3 }), null,
            new Dictionary<string, string>()).Refused.Select(r => r.ReasonCode).Distinct().Take(1));
    }

    [Fact]
    public void A_namesake_is_the_one_who_fits_the_slot_or_both_are_named()
    {
        var twin = s_contest.Athletes.First(a => a.AthleteId == "00-0022803") with { AthleteId = "x1", TeamId = "MIN" };
        PoolAthleteV1[] pool = [.. s_contest.Athletes, twin, twin with { AthleteId = "x2", Positions = ["TE"] }];

        Assert.Equal("x2", Find("Eli Manning", "TE").Athlete!.AthleteId);
        Assert.Equal("x1", Find("Eli Manning (MIN QB)", "QB").Athlete!.AthleteId);
        Assert.Equal("x2", Find("Eli Manning (x2)", "QB").Athlete!.AthleteId);
        Assert.Equal("several are called 'Eli Manning': 00-0022803 (NYG QB), x1 (MIN QB); write the id, or team or position in "
            + "brackets", Find("Eli Manning", "QB").Why);

        (PoolAthleteV1? Athlete, string? Why) Find(string written, string position) =>
            new AthleteFinder(pool, new Dictionary<string, string>()).Find(written, [position]);
    }

    [Theory]
    [InlineData("", "expected a header of columns; the file is empty")]
    [InlineData(Header, "expected entries below the header; there is none")]
    [InlineData("Entry,Player,QB,RB,WR,TE,FLEX,DST\n",
        "line 1: expected the columns entry, player, QB, RB, WR1, WR2, TE, FLEX, DST in "
        + "any order; WR2 is missing")]
    [InlineData("Entry,Player,QB,QB,RB,WR,WR,TE,FLEX,DST\n",
        "line 1: expected the columns entry, player, QB, RB, WR1, WR2, TE, FLEX, "
        + "DST in any order; QB has no slot left")]
    [InlineData("Entry,Entry ID,Player,QB,RB,WR,WR,TE,FLEX,DST\n",
        "line 1: expected the columns entry, player, QB, RB, WR1, WR2, TE, "
        + "FLEX, DST in any order; entry is there twice")]
    [InlineData("Entry,QB,RB,WR,WR,TE,FLEX,DST\n",
        "line 1: expected the columns entry, player, QB, RB, WR1, WR2, TE, FLEX, DST in any "
        + "order; player is missing")]
    public void What_is_no_file_of_line_ups_for_the_contest_is_refused(string text, string said) =>
        Assert.Equal(said, Assert.Throws<InvalidDataException>(() => Read(text)).Message);

    [Fact]
    public void The_same_line_is_the_same_command_wherever_it_stands_and_a_mended_one_is_another()
    {
        var once = Read($"{Header}e1,ann,{Lineup}\n").Entries[0].Command;
        var again = Read($"Player,Entry,DST,QB,RB,WR,WR,TE,FLEX\nbob,e0,KC-DST,{Lineup[..^11]}\nann,e1,KC-DST,{Lineup[..^11]}\n");

        Assert.Equal(once.CommandId, again.Entries[1].Command.CommandId);
        Assert.NotEqual(once.CommandId, Read($"{Header}e1,bob,{Lineup}\n").Entries[0].Command.CommandId);
    }

    [Fact]
    public void What_became_of_each_line_is_told_by_what_was_said_last()
    {
        var file = Read(Header + string.Concat(new[] { "a", "b", "c", "d", "e", "f" }.Select(e => $"{e},p-{e},{Lineup}\n")));
        var answers = new EntryAnswers();
        var at = DateTimeOffset.UnixEpoch;
        SubmitEntryV1 Line(int i) => file.Entries[i].Command;
        EntryPaymentRequiredV1 Asked(int i) =>
            new(Line(i).CommandId, "c", Line(i).EntryId, Line(i).PlayerId, 1, 500, "usd", at, at);

        answers.Add([Asked(0), Asked(1), Asked(2), Asked(3),
            new EntryAcceptedV1(Line(1).CommandId, "c", "b", "p-b", s_ids, 1, at),
            new EntryRefusedV1("c", "c", "p-c", "payment-failed", "the fee was not paid", at),
            new EntryWithdrawnV1("w", "c", "d", "p-d", at, Reserved: true),
            new CommandRejectedV1(Line(4).CommandId, "c", "contest.submit-entry.v1", "contest-locked", "too late", null, "h",
                at)]);
        var told = answers.Told("c", file, sent: 0);

        Assert.Equal((6, 1, 1, 1, 1), (told.Lines, told.Accepted, told.AwaitFee, told.Withdrawn, told.Unanswered));
        Assert.Equal(["4 payment-failed", "6 contest-locked"], told.Refused.Select(r => $"{r.Line} {r.ReasonCode}"));
    }

    /// <summary>156,862 line-ups as DraftKings published them, by name and with the slots in the order of another
    /// operator.</summary>
    [Fact]
    public void A_published_contest_is_read_whole_by_name()
    {
        SharedData.Require("dk-contest-2016-wk4/wk4-contest-28890250.csv.gz");
        var data = RealContestData.Read()!;
        var filled = data.Entries.Where(e => e.Names.Count > 0).ToArray();
        int[] order = [8, 0, 7, 6, 3, 4, 5, 1, 2];
        var text = Csv.Written(filled
            .Select(e => (string[])[.. order.Select(i => e.Names[i]), e.Player, e.EntryId])
            .Prepend([.. order.Select(i => PublishedContest.Slots[i]), "player", "entry"]));

        var file = ReadEntries.Of(text, new ContestRules(data.Definition), null, new Dictionary<string, string>());

        Assert.Empty(file.Refused);
        Assert.True(filled.Length > 150_000, filled.Length.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(data.Commands().Where(c => c.AthleteIds.Count > 0)
            .Select(c => (c.EntryId, c.PlayerId, string.Join(',', c.AthleteIds))),
            file.Entries.Select(e => (e.Command.EntryId, e.Command.PlayerId, string.Join(',', e.Command.AthleteIds))));
    }

    private static EntriesFile Read(string text) =>
        ReadEntries.Of(text, new ContestRules(s_contest), null, new Dictionary<string, string>());
}
