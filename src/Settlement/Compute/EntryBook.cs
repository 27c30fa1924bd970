using ContestPipeline.Plumbing;

namespace ContestPipeline.Settlement;

/// <summary>
/// The accepted entries of a contest, in columns and in ordinal order of their ids: a million of them fit where a million objects
/// would not.
/// </summary>
/// <remarks>A line-up is kept as its athlete ids in slot order joined by commas, once however many entries share it.</remarks>
public sealed class EntryBook
{
    private readonly string[] entryIds;
    private readonly string[] players;
    private readonly string[] lineups;
    private readonly int[] playerOf;
    private readonly int[] lineupOf;
    private readonly long[] acceptanceNos;
    private readonly Lazy<string> hash;

    internal EntryBook(
        string[] entryIds, int[] playerOf, string[] players, long[] acceptanceNos, int[] lineupOf, string[] lineups)
    {
        this.entryIds = entryIds;
        this.players = players;
        this.lineups = lineups;
        this.playerOf = playerOf;
        this.lineupOf = lineupOf;
        this.acceptanceNos = acceptanceNos;
        hash = new Lazy<string>(ComputeHash);
    }

    public int Count => entryIds.Length;

    public ReadOnlySpan<string> EntryIds => entryIds;

    /// <summary>Index into <see cref="Players"/> by entry.</summary>
    public ReadOnlySpan<int> PlayerOf => playerOf;

    public ReadOnlySpan<string> Players => players;

    public ReadOnlySpan<long> AcceptanceNos => acceptanceNos;

    /// <summary>Index into <see cref="Lineups"/> by entry.</summary>
    public ReadOnlySpan<int> LineupOf => lineupOf;

    /// <summary>Each distinct line-up once, as it was first met.</summary>
    public ReadOnlySpan<string> Lineups => lineups;

    /// <summary>The same figure as <see cref="Contracts.EntryHash.Of"/> over these entries.</summary>
    public string Hash => hash.Value;

    private string ComputeHash()
    {
        using var lines = new CanonicalLines();
        for (var i = 0; i < entryIds.Length; i++)
        {
            lines.Verbatim(entryIds[i]).Verbatim(players[playerOf[i]]).Field(acceptanceNos[i]).Verbatim(lineups[lineupOf[i]])
                .EndLine();
        }

        return lines.Finish();
    }
}

/// <summary>Collects entries in any order and makes the book.</summary>
public sealed class EntryBookBuilder
{
    public const char Separator = ',';

    private readonly List<string> entryIds;
    private readonly List<int> playerOf;
    private readonly List<int> lineupOf;
    private readonly List<long> acceptanceNos;
    private readonly Dictionary<string, int> playerIndex = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> lineupIndex = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> playerBySpan;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lineupBySpan;

    public EntryBookBuilder(int expected = 0)
    {
        entryIds = new List<string>(expected);
        playerOf = new List<int>(expected);
        lineupOf = new List<int>(expected);
        acceptanceNos = new List<long>(expected);
        playerBySpan = playerIndex.GetAlternateLookup<ReadOnlySpan<char>>();
        lineupBySpan = lineupIndex.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <param name="lineup">Athlete ids in slot order, joined by commas.</param>
    public void Add(string entryId, ReadOnlySpan<char> playerId, long acceptanceNo, ReadOnlySpan<char> lineup)
    {
        entryIds.Add(entryId);
        playerOf.Add(IndexOf(playerIndex, playerBySpan, playerId));
        lineupOf.Add(IndexOf(lineupIndex, lineupBySpan, lineup));
        acceptanceNos.Add(acceptanceNo);
    }

    public static string Join(IReadOnlyList<string> athleteIds)
    {
        foreach (var id in athleteIds)
            Invariant.Holds(!id.Contains(Separator, StringComparison.Ordinal), $"athlete id '{id}' contains a comma");
        return string.Join(Separator, athleteIds);
    }

    /// <exception cref="InvariantException">Two entries have the same id.</exception>
    public EntryBook Build()
    {
        var ids = entryIds.ToArray();
        int[] order = [];
        if (!InOrder(ids))
        {
            order = [.. Enumerable.Range(0, ids.Length)];
            Array.Sort(ids, order, StringComparer.Ordinal);
            for (var i = 1; i < ids.Length; i++) Invariant.Holds(ids[i] != ids[i - 1], $"entry {ids[i]} is there twice");
        }

        return new EntryBook(ids, Permuted(playerOf, order), Keys(playerIndex), Permuted(acceptanceNos, order),
            Permuted(lineupOf, order), Keys(lineupIndex));
    }

    private static int IndexOf(
        Dictionary<string, int> index, Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> bySpan, ReadOnlySpan<char> key)
    {
        if (bySpan.TryGetValue(key, out var known)) return known;
        index.Add(key.ToString(), index.Count);
        return index.Count - 1;
    }

    private static bool InOrder(string[] ids)
    {
        for (var i = 1; i < ids.Length; i++)
        {
            if (string.CompareOrdinal(ids[i - 1], ids[i]) >= 0) return false;
        }

        return true;
    }

    private static T[] Permuted<T>(List<T> values, int[] order)
    {
        if (order.Length == 0) return [.. values];
        var permuted = new T[values.Count];
        for (var i = 0; i < permuted.Length; i++) permuted[i] = values[order[i]];
        return permuted;
    }

    private static string[] Keys(Dictionary<string, int> index)
    {
        var keys = new string[index.Count];
        foreach (var (key, i) in index) keys[i] = key;
        return keys;
    }
}
