using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ContestPipeline.Contestctl;
using ContestPipeline.Contestctl.Files;
using ContestPipeline.Contestctl.Pools;
using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Providers;
using ContestPipeline.Unit.Ingestion;
using ContestPipeline.Unit.Tidy;

namespace ContestPipeline.Unit.Contestctl;

/// <summary>Salary files become pools as they are published: everybody is found for certain, or named with his line.</summary>
public sealed class PoolImportTests
{
    private const string DraftKings =
        "Position,Name + ID,Name,ID,Roster Position,Salary,Game Info,TeamAbbrev,AvgPointsPerGame\n";

    private const string FanDuel = "Id,Position,First Name,Nickname,Last Name,FPPG,Played,Salary,Game,Team,Opponent,Tier\n";

    private static readonly KnownAthlete[] s_known =
    [
        new("q1", "Al Able", "g1", "KC", ["QB"]), new("r1", "Bo Baker Jr.", "g1", "PIT", ["RB"]),
        new("w1", "Chris Jones", "g1", "KC", ["WR"]), new("t1", "Chris Jones", "g1", "KC", ["TE"]),
        new("d1", "KC defence", "g1", "KC", ["DST"]), new("j1", "Dan Dee", "g1", "JAX", ["WR"]),
    ];

    /// <summary>Their codes of clubs that differ from the league's.</summary>
    private static readonly Dictionary<string, string> s_clubs = new(StringComparer.OrdinalIgnoreCase)
    {
        ["gnb"] = "GB", ["kan"] = "KC", ["nwe"] = "NE", ["nor"] = "NO", ["sfo"] = "SF", ["tam"] = "TB", ["jac"] = "JAX",
        ["lar"] = "LA",
    };

    /// <summary>The two lists call three men by different first names.</summary>
    private static readonly Dictionary<string, string> s_otherNames = new()
    {
        ["Matthew Dayes"] = "00-0033596", ["Ben Watson"] = "00-0022943", ["Jacob Hollister"] = "00-0033387",
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void The_sample_is_the_pool_of_the_sample_contest()
    {
        var contest = WireJson.Read<ContestDefinitionV1>(File.ReadAllBytes(Source.Full("samples/contest.json")));
        var known = WireJson.Read<IReadOnlyList<KnownAthlete>>(File.ReadAllBytes(Source.Full("samples/players.json")));

        var pool = Import(Source.Read("samples/salaries.csv"), known);

        Assert.Empty(pool.Unknown.Concat(pool.Refused));
        Assert.Equal(contest.Athletes.Select(Facts), pool.Athletes.Select(Facts));
        Assert.Equal("00-0022924", pool.Ids["10001"]);

        static string Facts(PoolAthleteV1 a) => $"{a.AthleteId} {string.Join('/', a.Positions)} {a.TeamId} {a.GameId} {a.Salary}";
    }

    [Theory]
    [InlineData(DraftKings + "RB,Bo Baker (11),Bo Baker,11,RB/FLEX,4900,KC@PIT 10/02/2016 08:30PM ET,PIT,10.5")]
    [InlineData("\uFEFF" + DraftKings + "RB,Bo Baker (11),\"Bo Baker, Jr.\",11,RB/FLEX,\"$4,900\",KC@PIT,pit,10.5\r\n")]
    [InlineData(FanDuel + "11,RB,Bo,Bo Baker,Baker,10.5,4,4900,KC@PIT,PIT,KC,")]
    [InlineData(FanDuel + "11,RB,Bo,,Baker,10.5,4,4900,KC@PIT,PIT,KC,")]
    [InlineData("Name,Team,Position,Salary,ID\nBO BAKER,PIT,RB,4900.0,11")]
    [InlineData("Entry ID,QB,,Instructions\n,,,1. Enter\n,,,Position,Name,ID,Salary,TeamAbbrev\n,,,RB,Bo Baker,11,4900,PIT\n7,x")]
    public void A_line_is_found_by_name_and_team_in_every_operators_columns(string file)
    {
        var pool = Import(file, s_known);

        Assert.Empty(pool.Unknown.Concat(pool.Refused));
        var one = Assert.Single(pool.Athletes);
        Assert.Equal(("r1", "PIT", "g1", 4_900L, "RB"), (one.AthleteId, one.TeamId, one.GameId, one.Salary, one.Positions[0]));
        Assert.Equal("r1", pool.Ids["11"]);
    }

    [Theory]
    [InlineData("WR,Chris Jones,21,5000,KC", "w1")]
    [InlineData("TE/WR2,Chris Jones,21,5000,KC", "t1")]
    [InlineData("DST,Chiefs ,21,5000,KC", "d1")]
    [InlineData("D/ST,Chiefs ,21,5000,KC", "d1")]
    [InlineData("WR,Dan Dee,21,5000,JAC", "j1")]
    [InlineData("QB,Nobody,99,5000,KC", "q1")]
    public void Namesakes_defences_teams_called_otherwise_and_who_is_named_are_found(string line, string athleteId) =>
        Assert.Equal(athleteId, Assert.Single(Import("Position,Name,ID,Salary,Team\n" + line, s_known,
            new() { ["JAC"] = "JAX" }, new() { ["99"] = "q1" }).Athletes).AthleteId);

    [Theory]
    [InlineData("K,Chris Jones,21,5000,KC",
        "2: expected one athlete; there are t1 (KC TE), w1 (KC WR); say who is meant with --is")]
    [InlineData("WR,Chris Jones,21,5000,PIT", "2: expected an athlete of PIT; the feed knows t1 (KC TE), w1 (KC WR); say")]
    [InlineData("WR,Nobody,21,5000,PIT", "2: expected an athlete whom the feed knows; PIT has nobody of this name")]
    [InlineData("DST,Steelers,21,5000,PIT", "2: expected an athlete whom the feed knows; PIT has nobody of this name")]
    [InlineData("QB,Al Able,21,5000.5,KC", "2: expected a salary, a whole number from 0 to 1000000000; got '5000.5'")]
    [InlineData("QB,Al Able,21,-1,KC", "2: expected a salary")]
    [InlineData("QB,Al Able,21,1e3,KC", "2: expected a salary")]
    [InlineData("QB,Al Able,21,,KC", "2: expected a salary")]
    [InlineData("QB,Al Able,21,5000,", "2: expected a team; the cell is empty")]
    [InlineData("QB,,21,5000,KC", "2: expected a name")]
    [InlineData(",Al Able,21,5000,KC", "2: expected positions such as QB or PG/SG; got ''")]
    [InlineData("QB,Al Able,21,5000,KC\n\nQB,Al Able,22,5000,KC", "4: is athlete q1, as line 2")]
    [InlineData("QB,Al Able,21,5000,KC\nRB,Bo Baker,21,5000,PIT", "3: expected each id once; 21 is there twice")]
    [InlineData("QB,Nobody,98,5000,KC", "2: expected an athlete whom the feed knows; got q9")]
    public void What_means_nobody_or_one_of_several_is_named_with_its_line(string lines, string said)
    {
        const string Header = "Position,Name,ID,Salary,Team\n";
        var (read, unread) = ReadSalaries.Of(Header + lines);
        var pool = new MatchAthletes(s_known, new Dictionary<string, string>(), new Dictionary<string, string> { ["98"] = "q9" })
            .Pool(read);

        var no = Assert.Single(unread.Concat(pool.Unknown).Concat(pool.Refused));

        Assert.StartsWith(said, string.Create(CultureInfo.InvariantCulture, $"{no.Line}: {no.Message}"),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CPT,QB,Al Able,31,7500,KC\nQB,QB,Al Able,21,5000,KC", null)]
    [InlineData("QB,QB,Al Able,21,5000,KC\nCPT,QB,Al Able,31,7400,KC",
        "expected a captain at 1.5 times 5000, the salary of line 2; got 7400")]
    [InlineData("CPT,QB,Al Able,31,7500,KC", "expected the captain's own line, too; there is none")]
    public void A_captain_is_the_same_athlete_at_one_and_a_half_times_the_salary(string lines, string? said)
    {
        var pool = Import("Roster Position,Position,Name,ID,Salary,Team\n" + lines, s_known);

        Assert.Equal(said, pool.Refused.SingleOrDefault()?.Message);
        if (said is not null) return;
        Assert.Equal(5_000, Assert.Single(pool.Athletes).Salary);
        Assert.Equal(("q1", "q1"), (pool.Ids["21"], pool.Ids["31"]));
    }

    [Theory]
    [InlineData("", "expected a header")]
    [InlineData("Position,Name,Salary\nQB,Al Able,5000", "expected a header")]
    [InlineData("Position,Name,Salary,Team\n", "expected athletes below the header")]
    [InlineData("Position,Name,Salary,Salary,Team\nQB,A,1,1,KC", "expected the column Salary once; got it 2 times")]
    [InlineData("Position,Name,Salary,Team\nQB,\"Al,5000,KC", "line 2: a quote is opened and never closed")]
    public void What_is_no_salary_file_is_refused(string file, string said) => Assert.StartsWith(
        said, Assert.Throws<InvalidDataException>(() => ReadSalaries.Of(file)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_no_utf8_is_refused_with_its_line() => Assert.StartsWith("line 2: expected text in UTF-8",
        Assert.Throws<InvalidDataException>(() => Csv.Text([.. "Name\nJos"u8, 0xE9, .. "\n"u8])).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Operators_ids_are_read_as_they_are_written()
    {
        var ids = new Dictionary<string, string> { ["12-3"] = "q1", ["a,\"b\""] = "w1" };

        Assert.Equal(ids, OperatorIds.Read(OperatorIds.Written(ids)));
        Assert.Equal("line 3: 1 is there twice",
            Assert.Throws<InvalidDataException>(() => OperatorIds.Read("id,athleteId\n1,q1\n1,w1\n")).Message);
        Assert.Throws<InvalidDataException>(() => OperatorIds.Read("id,athleteId\n1,\n"));
        Assert.Throws<InvalidDataException>(() => OperatorIds.Read("1,q1\n"));
    }

    /// <summary>Every salary that DraftKings published for four weeks of 2017, beside everybody who took part in the
    /// games.</summary>
    [Fact]
    public void Of_published_salaries_all_who_had_points_are_found_and_everybody_else_is_named()
    {
        var rows = SharedData.Rows(File.OpenText(SharedData.Require("nfl-dk-points-2017-nfldfs/draftkings_2017.csv"))).ToArray();
        var games = Directory.GetFiles(SharedData.Require("nfl-gamecenter/2017"), "*.json.gz").Order(StringComparer.Ordinal)
            .Select(f => SharedData.Game($"nfl-gamecenter/2017/{Path.GetFileName(f)}")).ToArray();
        var (found, left, lost) = (0, 0, new List<string>());
        foreach (var week in games.GroupBy(g => WeekOf(g.GameId)))
        {
            var known = week.SelectMany(TookPart).ToArray();
            var clubs = known.Select(a => a.Team).ToHashSet();
            var priced = rows.Where(r => int.Parse(r[1], CultureInfo.InvariantCulture) == week.Key && r[9].Length > 0
                && clubs.Contains(s_clubs.GetValueOrDefault(r[5], r[5].ToUpperInvariant()))).ToArray();

            var pool = Import("Position,Name,ID,Salary,Team\n"
                + Csv.Written(priced.Select(r => (string[])[r[4] == "Def" ? "DST" : r[4],
                string.Join(' ', r[3].Split(", ").Reverse()), r[0], r[9], r[5]])), known, s_clubs, s_otherNames);

            Assert.Empty(pool.Refused);
            Assert.Equal(priced.Length, pool.Athletes.Count + pool.Unknown.Count);
            (found, left) = (found + pool.Athletes.Count, left + pool.Unknown.Count);
            lost.AddRange(pool.Unknown.Where(u => priced[u.Line - 2][8] is not "0.0")
                .Select(u => $"{week.Key} {u.Name}: {u.Message}"));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{found} found, {left} took part in no game");
        Assert.Empty(lost);
        Assert.Equal((1_472, 202), (found, left));
    }

    [Theory]
    [InlineData("pool import samples/salaries.csv --players samples/players.json")]
    [InlineData("prizes import PRIZES")]
    public async Task What_is_written_for_a_definition_is_json_however_long_it_is(string command)
    {
        var prizes = Path.GetTempFileName();
        await File.WriteAllLinesAsync(prizes, Enumerable.Range(1, 60).Select(i => $"{i} ${100 - i}.00"), Ct);
        using var process = Process.Start(new ProcessStartInfo("dotnet",
            [Path.Combine(AppContext.BaseDirectory, "contestctl.dll"),
                .. command.Replace("PRIZES", prizes, StringComparison.Ordinal).Split(' ')])
        { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Source.Full(".") })!;
        var remarks = process.StandardError.ReadToEndAsync(Ct);
        var document = await process.StandardOutput.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        File.Delete(prizes);

        Assert.Equal(ExitCodes.Success, process.ExitCode);
        using var json = JsonDocument.Parse(document);
        Assert.Contains(json.RootElement.ValueKind == JsonValueKind.Array ? "43 athletes" : "60 places", await remarks,
            StringComparison.Ordinal);
        if (json.RootElement.ValueKind == JsonValueKind.Array) Assert.Equal(43, json.RootElement.GetArrayLength());
        else Assert.Equal(60, WireJson.Read<PrizeStructureV1>(System.Text.Encoding.UTF8.GetBytes(document)).Ranges!.Count);
    }

    private static int WeekOf(string gameId) => string.CompareOrdinal(gameId, "20170914") < 0 ? 1
        : string.CompareOrdinal(gameId, "20170921") < 0 ? 2 : string.CompareOrdinal(gameId, "20170928") < 0 ? 3 : 4;

    private static IEnumerable<KnownAthlete> TookPart(NflGameCenterDocument game)
    {
        var names = SharedData.PlayerNames();
        return game.Plays.SelectMany(p => p.Events).Where(e => names.ContainsKey(e.AthleteId)).DistinctBy(e => e.AthleteId)
            .Select(e => new KnownAthlete(e.AthleteId, names[e.AthleteId], game.GameId, e.Club, []))
            .Concat(new[] { game.Home, game.Away }.Select(c =>
                new KnownAthlete($"{c}-DST", $"{c} defence", game.GameId, c, ["DST"])));
    }

    private static ImportedPool Import(string file, IReadOnlyList<KnownAthlete> known, Dictionary<string, string>? teams = null,
        Dictionary<string, string>? named = null)
    {
        var (lines, refused) = ReadSalaries.Of(file);
        Assert.Empty(refused);
        return new MatchAthletes(known, teams ?? [], named ?? []).Pool(lines);
    }
}
