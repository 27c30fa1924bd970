using System.Text;
using System.Text.Json.Nodes;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Proofs.Fuzz;

/// <summary>
/// Spoils a well-formed document where it hurts: values, names, structure, and now and then the bytes themselves. Seeded.
/// </summary>
internal static class MutateJson
{
    private const string Hole = "__hole__";
    private const int ChangesMax = 4;
    private const int DeepLevels = 100;

    /// <summary>Values as they would stand in a document, from the ordinary to what only an attacker writes.</summary>
    public static IReadOnlyList<string> Values { get; } =
    [
        "null", "true", "false", "0", "-1", "1", "2", "0.5", "1.0", "1e400", "-1e30", "1e3", "10001", "1000001", "2147483648",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "\"\"", "\" \"", "\"1\"", "\"a\"", "\"\\u0000\"",
        "\"\\ud800\"", "\"x\\udfffy\"", "\"\\u202e\\u0007\"", "\"\u0130\u0131\u00df\ud83d\ude00\"", "\"a/b\"", "\"a,b\"",
        "\"'; drop table x; --\"", "\"delete\"", "\"upsert\"", "\"closed\"", "\"in_progress\"", "\"live\"", "\"lineup\"",
        "\"activity\"", "\"rank_table\"", "\"double_up\"", "\"custom\"", "\"house\"", "\"0001-01-01T00:00:00Z\"",
        "\"9999-12-31T23:59:59.9999999Z\"", "\"9999-12-31T23:59:59-14:00\"", "\"2026-02-30T00:00:00Z\"", "\"2026-11-21\"", "NaN",
        "\"NaN\"", "'x'", "[]", "{}", "[null]", "[[]]", "{\"\":null}", "{\"a\":{\"a\":1}}", "[1,2,3]",
        "\"" + new string('x', 600) + "\"", "\"" + new string('x', 20_000) + "\"",
        string.Concat(Enumerable.Repeat("[", DeepLevels)) + string.Concat(Enumerable.Repeat("]", DeepLevels)), "/**/1", "01", "-",
        "\"unfinished", "",
    ];

    private static readonly string[] s_names = ["", "id", "__proto__", "$type", "$ref", "\0", "a.b[0]", "gameId", "GAMEID",
        new string('n', 300)];

    public static byte[] Of(string document, SeededRandom chance)
    {
        var root = JsonNode.Parse(document)!;
        var holes = new List<string>();
        for (var changes = chance.Next(0, ChangesMax); changes > 0; changes--) Change(root, chance, holes);
        var text = new StringBuilder(root.ToJsonString());
        foreach (var hole in holes) ReplaceFirst(text, hole);
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        return chance.Chance(15) ? MutateBytes.Of(bytes, chance) : bytes;
    }

    private static void ReplaceFirst(StringBuilder text, string value)
    {
        var at = text.ToString().IndexOf($"\"{Hole}\"", StringComparison.Ordinal);
        if (at >= 0) text.Remove(at, Hole.Length + 2).Insert(at, value);
    }

    private static void Change(JsonNode root, SeededRandom chance, List<string> holes)
    {
        var places = new List<JsonNode>();
        Containers(root, places);
        switch (chance.Pick(places))
        {
            case JsonObject { Count: > 0 } on: ChangeMember(on, chance, holes); break;
            case JsonArray on: ChangeItems(on, chance, holes); break;
        }
    }

    private static void ChangeMember(JsonObject on, SeededRandom chance, List<string> holes)
    {
        var (name, value) = on.ElementAt(chance.Next(on.Count));
        switch (chance.Next(8))
        {
            case 0: on.Remove(name); break;
            case 1:
                on.Remove(name);
                on[chance.Pick(s_names)] = value?.DeepClone();
                break;
            case 2: on[chance.Pick(s_names)] = Fill(chance, holes); break;
            case 3: on[on.ElementAt(chance.Next(on.Count)).Key] = value?.DeepClone(); break;
            default: on[name] = Fill(chance, holes); break;
        }
    }

    private static void ChangeItems(JsonArray on, SeededRandom chance, List<string> holes)
    {
        switch (chance.Next(5))
        {
            case 0: on.Clear(); break;
            case 1 when on.Count > 0: on.RemoveAt(chance.Next(on.Count)); break;
            case 2 when on.Count > 0:
                for (var more = chance.Chance(10) ? 300 : chance.Next(1, 4); more > 0; more--)
                    on.Add(on[chance.Next(on.Count)]?.DeepClone());
                break;
            case 3 when on.Count > 0: on[chance.Next(on.Count)] = Fill(chance, holes); break;
            default: on.Add(Fill(chance, holes)); break;
        }
    }

    private static JsonNode Fill(SeededRandom chance, List<string> holes)
    {
        holes.Add(chance.Pick(Values));
        return JsonValue.Create(Hole);
    }

    private static void Containers(JsonNode? node, List<JsonNode> into)
    {
        switch (node)
        {
            case JsonObject on:
                into.Add(on);
                foreach (var (_, value) in on) Containers(value, into);
                break;
            case JsonArray on:
                into.Add(on);
                foreach (var value in on) Containers(value, into);
                break;
        }
    }
}

/// <summary>Spoils bytes without knowing what they mean.</summary>
internal static class MutateBytes
{
    public static byte[] Of(byte[] bytes, SeededRandom chance)
    {
        if (bytes.Length == 0) return [(byte)chance.Next(256)];
        var at = chance.Next(bytes.Length);
        switch (chance.Next(6))
        {
            case 0: return bytes[..at];
            case 1: return bytes[at..];
            case 2: return [.. bytes[..at], (byte)chance.Next(256), .. bytes[at..]];
            case 3: return [.. bytes, .. bytes];
            case 4: return [.. Enumerable.Range(0, chance.Next(200)).Select(_ => (byte)chance.Next(256))];
            default:
                var changed = bytes.ToArray();
                for (var flips = chance.Next(1, 5); flips > 0; flips--)
                    changed[chance.Next(changed.Length)] ^= (byte)(1 << chance.Next(8));
                return changed;
        }
    }

    public static string Of(string text, SeededRandom chance) =>
        Encoding.Latin1.GetString(Of(Encoding.Latin1.GetBytes(text), chance));
}
