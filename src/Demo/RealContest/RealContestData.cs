using System.Globalization;
using System.IO.Compression;
using ContestPipeline.Contracts;
using ContestPipeline.Demo;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Ingestion.Providers;
using ContestPipeline.Plumbing;
using CsvHelper;

namespace ContestPipeline.Demo.RealContest;

/// <summary>A published contest of two real games, found beside the checkout and never copied into it.</summary>
public sealed record RealContestData(
    ContestDefinitionV1 Definition, IReadOnlyList<PublishedEntry> Entries, IReadOnlyDictionary<string, PoolAthleteV1> Pool,
    IReadOnlyList<FeedRecord> Feed)
{
    public const string ContestId = "real-2016-week-4";

    private const string Contest = "dk-contest-2016-wk4/wk4-contest-28890250.csv.gz";
    private const string Players = "nfl-gamecenter/players.csv";
    private const string Schedule = "nfl-gamecenter/schedule.csv";
    private static readonly string[] s_games = ["nfl-gamecenter/2016/2016100212.json.gz",
        "nfl-gamecenter/2016/2016100300.json.gz"];

    /// <returns>Null where the data is absent.</returns>
    public static RealContestData? Read()
    {
        var folder = Path.GetFullPath(Path.Combine(StateFolder.Checkout(), "..", "shared", "data"));
        string[] files = [Contest, Players, Schedule, .. s_games];
        if (!files.All(f => File.Exists(Path.Combine(folder, f)))) return null;

        var games = s_games.Select(g => Game(Path.Combine(folder, g))).ToArray();
        var names = Names(Path.Combine(folder, Players));
        var kickoffs = Kickoffs(Path.Combine(folder, Schedule));
        var entries = PublishedContest.Read(Path.Combine(folder, Contest));
        var pool = AthleteNames.Pool(entries, games, names);
        var feed = games.SelectMany(g => new NflGameCenterFeed(
            kickoffs.TryGetValue(g.GameId, out var at) ? at : NflSchedule.Guess(g.GameId)!.Value)
            .Apply(g, confirmed: true)).OrderBy(r => r.AtMs).ToArray();
        return new RealContestData(Define(entries, pool, games), entries, pool, feed);
    }

    /// <summary>The commands that enter every published line-up, in the order of the file.</summary>
    public IEnumerable<SubmitEntryV1> Commands() => Entries.Select(e => new SubmitEntryV1(
        $"submit/{e.EntryId}", ContestId, e.EntryId, e.Player, [.. e.Names.Select(n => Pool[n].AthleteId)]));

    /// <summary>Salaries are not published: the roster checks slots only.</summary>
    private static ContestDefinitionV1 Define(
        IReadOnlyList<PublishedEntry> entries, IReadOnlyDictionary<string, PoolAthleteV1> pool,
        IReadOnlyList<NflGameCenterDocument> games) => new(
        ContestId, "A published contest of 2016", Kind: "lineup", Currency: "usd", EntryFeeMinor: 0, MaxEntries: entries.Count,
        MaxEntriesPerPlayer: entries.GroupBy(e => e.Player).Max(g => g.Count()), MinEntries: 2, GuaranteedPoolMinor: 100_000_00,
        LockAt: new DateTimeOffset(2099, 12, 31, 0, 0, 0, TimeSpan.Zero),
        GameIds: [.. games.Select(g => g.GameId).Order(StringComparer.Ordinal)],
        RuleSets.Ref(RuleSets.Find("draftkings-nfl-classic", 201502)!),
        new RosterV1([.. PublishedContest.Slots.Select((slot, i) => new RosterSlotV1($"{slot}{i + 1}", [slot]))],
            SalaryCap: null, MinTeams: 1, MinGames: 1, MaxPerTeam: null, AllowEmpty: true),
        [.. pool.Values.OrderBy(a => a.AthleteId, StringComparer.Ordinal)], new PrizeStructureV1(PrizeTypes.TopThreeWeighted),
        RakeBps: 0, PlatformFeeBps: 300, CorrectionWindowSeconds: 1, LateCorrectionPolicy: "freeze", LateSwap: false,
        ReconcileTolerance: 0, Environment: "test");

    /// <summary>Gsis id to full name.</summary>
    private static Dictionary<string, string> Names(string path)
    {
        using var csv = new CsvReader(File.OpenText(path), CultureInfo.InvariantCulture);
        csv.Read();
        csv.ReadHeader();
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        while (csv.Read()) names.Add(csv.GetField("gsis_id")!, csv.GetField("full_name")!);
        return names;
    }

    private static IReadOnlyDictionary<string, DateTimeOffset> Kickoffs(string path)
    {
        using var text = File.OpenText(path);
        return NflSchedule.Read(text);
    }

    private static NflGameCenterDocument Game(string path)
    {
        using var file = File.OpenRead(path);
        using var zip = new GZipStream(file, CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        zip.CopyTo(bytes);
        return ReadNflGameCenter.Read(bytes.ToArray()) switch
        {
            NflDocumentRead.Understood read => read.Document,
            NflDocumentRead.Refused no =>
                throw new InvariantException($"{Path.GetFileName(path)}: {no.Field}: expected {no.Expected}, got {no.Got}"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }
}
