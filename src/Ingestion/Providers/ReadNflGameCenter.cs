using System.Globalization;
using System.Text.Json;

namespace ContestPipeline.Ingestion.Providers;

/// <summary>
/// Reads NFL GameCenter JSON. Tolerates what real documents do (repeated play ids, club code variants, yards as 5.0) and refuses
/// the rest.
/// </summary>
public static class ReadNflGameCenter
{
    private static readonly Dictionary<string, string> s_franchises = new(StringComparer.Ordinal)
    {
        ["JAC"] = "JAX", ["STL"] = "LA", ["LAR"] = "LA", ["SD"] = "LAC", ["ARZ"] = "ARI", ["BLT"] = "BAL", ["CLV"] = "CLE",
        ["HST"] = "HOU", ["SL"] = "LA",
    };

    /// <summary>The one code we use for a club, whatever the document calls it.</summary>
    public static string Franchise(string code) => s_franchises.GetValueOrDefault(code, code);

    public static NflDocumentRead Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return new NflDocumentRead.Understood(Game(document.RootElement));
        }
        catch (JsonException e)
        {
            return new NflDocumentRead.Refused("$", "a JSON document", e.Message);
        }
        catch (InvalidOperationException e)
        {
            // What JsonElement says of a value of another kind than it was asked for.
            return new NflDocumentRead.Refused("$", "values of the kinds that GameCenter documents have", e.Message);
        }
        catch (Fault fault)
        {
            return new NflDocumentRead.Refused(fault.Field, fault.Expected, fault.Got);
        }
    }

    private static NflGameCenterDocument Game(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) throw new Fault("$", "an object", root.ValueKind.ToString());
        var entry = root.EnumerateObject().FirstOrDefault(p => p.Name != "nextupdate");
        if (string.IsNullOrEmpty(entry.Name) || entry.Value.ValueKind != JsonValueKind.Object)
            throw new Fault("$", "one game under its id", "none");
        if (entry.Name.Length != 10 || !entry.Name.All(char.IsAsciiDigit))
            throw new Fault("$", "a ten-digit game id", entry.Name);

        var game = entry.Value;
        var home = Club(game, "home");
        var away = Club(game, "away");
        if (home == away) throw new Fault("away.abbr", "another club than home", away);
        var box = Box(game.GetProperty("home"), home).Concat(Box(game.GetProperty("away"), away)).ToArray();
        var read = new NflGameCenterDocument(
            entry.Name, home, away, Text(game, "qtr"), Text(game, "clock"), Plays(game, home, away), box)
        {
            Scores = ReadNflTotals.OfClubs(game, home, away, ReadNflTotals.Score),
            HalfSacks = ReadNflTotals.OfClubs(game, home, away, ReadNflTotals.HalfSacks),
            Turnovers = ReadNflTotals.OfClubs(game, home, away, ReadNflTotals.Turnovers),
        };
        return read with { Plays = NflTouchdowns.MarkTries(read.IsFinal ? NflLostTries.PutBack(read.Plays, box) : read.Plays) };
    }

    private static string Club(JsonElement game, string side)
    {
        if (!game.TryGetProperty(side, out var club) || !club.TryGetProperty("abbr", out var code)
            || code.ValueKind != JsonValueKind.String)
            throw new Fault($"{side}.abbr", "a club code", "none");
        return Franchise(code.GetString()!);
    }

    /// <summary>
    /// A play id that returns under another drive is the same play; the document's last word about it counts, at its first place.
    /// </summary>
    private static List<NflPlay> Plays(JsonElement game, string home, string away)
    {
        var plays = new List<NflPlay>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        if (!game.TryGetProperty("drives", out var drives) || drives.ValueKind != JsonValueKind.Object) return plays;
        var numbered = drives.EnumerateObject().Where(d => d.Value.ValueKind == JsonValueKind.Object)
            .OrderBy(d => int.TryParse(d.Name, CultureInfo.InvariantCulture, out var n)
                ? n : throw new Fault("drives", "numbered drives", d.Name));
        foreach (var drive in numbered)
        {
            if (!drive.Value.TryGetProperty("plays", out var list) || list.ValueKind != JsonValueKind.Object) continue;
            foreach (var item in list.EnumerateObject())
            {
                var play = Play(item, $"drives.{drive.Name}.plays.{item.Name}", home, away);
                if (places.TryAdd(play.PlayId, plays.Count)) plays.Add(play);
                else plays[places[play.PlayId]] = play;
            }
        }

        return plays;
    }

    private static NflPlay Play(JsonProperty item, string path, string home, string away)
    {
        var play = item.Value;
        var offence = Franchise(Text(play, "posteam"));
        var events = new List<NflStatEvent>();
        if (play.TryGetProperty("players", out var players) && players.ValueKind == JsonValueKind.Object)
        {
            foreach (var athlete in players.EnumerateObject())
            {
                foreach (var stat in athlete.Value.EnumerateArray())
                {
                    var club = Franchise(Text(stat, "clubcode"));
                    if (club != home && club != away)
                        throw new Fault($"{path}.players.{athlete.Name}.clubcode", $"{home} or {away}", club);
                    var statId = (int)Whole(stat, "statId", path);
                    events.Add(new NflStatEvent(athlete.Name, club, statId, Whole(stat, "yards", path)));
                }
            }
        }

        return new NflPlay(item.Name, (int)Whole(play, "qtr", path), Text(play, "time"), offence, events);
    }

    private static IEnumerable<NflBoxLine> Box(JsonElement side, string club)
    {
        if (!side.TryGetProperty("stats", out var stats) || stats.ValueKind != JsonValueKind.Object) yield break;
        foreach (var category in stats.EnumerateObject()
            .Where(c => c.Name != "team" && c.Value.ValueKind == JsonValueKind.Object))
        {
            foreach (var athlete in category.Value.EnumerateObject())
            {
                var figures = new Dictionary<string, long>(StringComparer.Ordinal);
                foreach (var figure in athlete.Value.EnumerateObject())
                {
                    // Averages and half sacks are no whole numbers, and nothing here needs them.
                    if (figure.Value.ValueKind == JsonValueKind.Number && figure.Value.TryGetDecimal(out var number)
                        && number == decimal.Truncate(number))
                        figures[figure.Name] = (long)number;
                }

                yield return new NflBoxLine(athlete.Name, club, category.Name, figures);
            }
        }
    }

    private static string Text(
        JsonElement from, string name) => !from.TryGetProperty(name, out var value) ? "" : value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.GetRawText(),
        _ => "",
    };

    /// <summary>Yards became 5.0 in 2018; a fraction is no yardage.</summary>
    private static long Whole(JsonElement from, string name, string path)
    {
        if (!from.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return 0;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDecimal(out var number) || number != decimal.Truncate(number)
            || Math.Abs(number) > 100_000)
            throw new Fault($"{path}.{name}", "a whole number", value.GetRawText());
        return (long)number;
    }

    private sealed class Fault(string field, string expected, string got) : Exception(field)
    {
        public string Field { get; } = field;
        public string Expected { get; } = expected;
        public string Got { get; } = got;
    }
}
