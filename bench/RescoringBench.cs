using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;

namespace ContestPipeline.Bench;

/// <summary>
/// One play that touches 60 % of 3.5 M entries (700 K distinct line-ups, 150 contests): our standings against Redis sorted sets.
/// After each play every entry's rank can be told. Redis gets one ZADD per contest and 1,000 touched entries, pipelined over one
/// connection, with scores computed beforehand.
/// </summary>
public static class RescoringBench
{
    private const int Contests = 150;
    private const int LineupsPerContest = 4_667;
    private const int EntriesPerLineup = 5;
    private const int Slots = 9;
    private const int Athletes = 400;
    private const int Plays = 20;
    private const int RedisPlays = 2;

    public static async Task Run(string[] args)
    {
        var engines = Fill(out var lineups);
        var entries = engines.Sum(e => (long)e.Entries);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"rescoring: {Contests} contests, {engines.Sum(e => (long)e.Lineups):N0} distinct line-ups, {entries:N0} entries"));

        var touched = (long)lineups.Sum(contest => contest.Count(row => row[0] == 0)) * EntriesPerLineup;
        Play(engines, 1_000);
        var clock = Stopwatch.StartNew();
        for (var play = 1; play <= Plays; play++) Play(engines, play * 10);
        var ours = touched * Plays / clock.Elapsed.TotalSeconds;
        Print("ours, ranks of all entries ready", touched, clock.Elapsed / Plays, ours);
        clock.Restart();
        for (var play = 1; play <= Plays; play++)
        {
            Play(engines, play * 7);
            foreach (var engine in engines) engine.Top(100);
        }

        Print("ours, and the first 100 of every contest", touched, clock.Elapsed / Plays,
            touched * Plays / clock.Elapsed.TotalSeconds);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  peak memory of this process {Process.GetCurrentProcess().PeakWorkingSet64 / 1_048_576:N0} MiB"));
        await AgainstRedis(lineups, touched, ours);
    }

    private static void Play(StandingsEngine[] engines, int points)
    {
        foreach (var engine in engines)
        {
            engine.SetPoints(0, points);
            engine.Count();
            engine.PlaceOf(1);
        }
    }

    private static StandingsEngine[] Fill(out int[][][] lineups)
    {
        var chance = new SeededRandom(1);
        var engines = new StandingsEngine[Contests];
        lineups = new int[Contests][][];
        for (var contest = 0; contest < Contests; contest++)
        {
            engines[contest] = new StandingsEngine(Slots, Athletes);
            lineups[contest] = new int[LineupsPerContest][];
            for (var lineup = 0; lineup < LineupsPerContest; lineup++)
            {
                var row = new SortedSet<int>();
                if (chance.Chance(60)) row.Add(0);
                while (row.Count < Slots) row.Add(1 + chance.Next(Athletes - 1));
                lineups[contest][lineup] = [.. row];
                for (var entry = 0; entry < EntriesPerLineup; entry++)
                    engines[contest].Put(1 + lineup + (long)entry * LineupsPerContest, lineups[contest][lineup]);
            }

            for (var athlete = 0; athlete < Athletes; athlete++) engines[contest].SetPoints(athlete, chance.Next(3_000));
        }

        return engines;
    }

    private static async Task AgainstRedis(int[][][] lineups, long touched, double ours)
    {
        if (!File.Exists("/usr/bin/redis-server"))
        {
            Console.WriteLine("  redis-server is not installed (apt-get install redis-server): no baseline");
            return;
        }

        var socket = Path.Combine(Path.GetTempPath(), $"rescoring-bench-{Environment.ProcessId}.sock");
        using var server = Process.Start(new ProcessStartInfo(
            "/usr/bin/redis-server", ["--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no"])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            using var connection = await Connect(socket);
            await Zadd(connection, lineups, play: 0, touchedOnly: false);
            var clock = Stopwatch.StartNew();
            for (var play = 1; play <= RedisPlays; play++) await Zadd(connection, lineups, play, touchedOnly: true);
            var redis = touched * RedisPlays / clock.Elapsed.TotalSeconds;
            server.Refresh();
            Print("Redis, ZADD of every touched entry", touched, clock.Elapsed / RedisPlays, redis);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  peak memory of Redis {server.PeakWorkingSet64 / 1_048_576:N0} MiB"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  ratio: {ours / redis:N0} x (level: 50 x)"));
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync();
            File.Delete(socket);
        }
    }

    private static async Task<NetworkStream> Connect(string socket)
    {
        const int AttemptsMax = 100;
        for (var attempt = 1; ; attempt++)
        {
            var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await client.ConnectAsync(new UnixDomainSocketEndPoint(socket));
                return new NetworkStream(client, ownsSocket: true);
            }
            catch (SocketException) when (attempt < AttemptsMax)
            {
                client.Dispose();
                await Task.Delay(50);
            }
        }
    }

    private static async Task Zadd(NetworkStream connection, int[][][] lineups, int play, bool touchedOnly)
    {
        const int MembersPerCommand = 1_000;
        var writing = Task.Run(async () =>
        {
            for (var contest = 0; contest < Contests; contest++)
            {
                var members = new List<string>();
                for (var lineup = 0; lineup < LineupsPerContest; lineup++)
                {
                    if (touchedOnly && lineups[contest][lineup][0] != 0) continue;
                    var score = (lineup * 7 % 20_000 + play * 10).ToString(CultureInfo.InvariantCulture);
                    for (var entry = 0; entry < EntriesPerLineup; entry++)
                    {
                        members.Add(score);
                        members.Add(string.Create(CultureInfo.InvariantCulture, $"e{lineup * EntriesPerLineup + entry}"));
                    }
                }

                foreach (var chunk in members.Chunk(2 * MembersPerCommand))
                {
                    await connection.WriteAsync(
                        Command(["ZADD", string.Create(CultureInfo.InvariantCulture, $"c{contest}"), .. chunk]));
                }
            }

            await connection.WriteAsync(Command(["PING"]));
        });

        // The last command's answer is the only one that says PONG: all others came before it.
        using var answers = new StreamReader(connection, Encoding.ASCII, leaveOpen: true);
        while (await answers.ReadLineAsync() is { } answer && answer != "+PONG")
        {
            if (answer.StartsWith('-')) throw new IOException($"Redis refused: {answer}");
        }

        await writing;
    }

    private static byte[] Command(string[] words)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{words.Length}\r\n");
        foreach (var word in words) text.Append(CultureInfo.InvariantCulture, $"${word.Length}\r\n{word}\r\n");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static void Print(string what, long touched, TimeSpan each, double perSecond) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"  {what}: {touched:N0} entries in {each.TotalMilliseconds:N1} ms = {perSecond / 1e6:N2} M entries/s"));
}
