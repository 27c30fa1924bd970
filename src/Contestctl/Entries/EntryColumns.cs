using ContestPipeline.Contracts;

namespace ContestPipeline.Contestctl.Entries;

/// <summary>Which column of a file holds what.</summary>
/// <param name="Count">How many columns there are.</param>
/// <param name="PlayerId">Whose entries all are; null: the column says it.</param>
/// <param name="Slots">The column of each slot, in slot order.</param>
/// <param name="PassedOver">The names of those that are neither.</param>
internal sealed record EntryColumns(
    int Count, int Entry, int Player, string? PlayerId, IReadOnlyList<int> Slots, IReadOnlyList<string> PassedOver)
{
    /// <summary>DraftKings' template has instructions and its salaries beside the entries, in lines that the header knows nothing
    /// of.</summary>
    private const string Instructions = "Instructions";

    /// <summary>Lines may have more cells than the header.</summary>
    public bool MayBeLonger => PassedOver.Contains(Instructions, StringComparer.OrdinalIgnoreCase);

    public string PlayerOf(IReadOnlyList<string> cells) => PlayerId ?? cells[Player];

    /// <returns>True: the line says nothing about an entry.</returns>
    public bool IsBlank(IReadOnlyList<string> cells) => (PlayerId is null ? Slots.Append(Player) : Slots).Append(Entry)
        .All(c => c >= cells.Count || cells[c].Length == 0);

    /// <param name="header">The names: entry or entry id, player or player id, and each slot's name with or without its number.
    /// Of columns of one name the first is the first slot's.</param>
    /// <param name="playerId">Whose entries all are; null: a column says it.</param>
    /// <exception cref="InvalidDataException">A column is missing, there twice, or there for no slot.</exception>
    public static EntryColumns Of(IReadOnlyList<string> header, IReadOnlyList<RosterSlotV1> slots, string? playerId)
    {
        var free = Enumerable.Range(0, header.Count).ToList();
        var entry = One("entry");
        var player = playerId is null ? One("player") : -1;
        if (playerId is not null && free.Any(c => IsNamed(header[c], "player")))
            throw new InvalidDataException("line 1: expected no column player beside --player; there is one");
        var places = new int[slots.Count];
        for (var i = 0; i < places.Length; i++) places[i] = Take(c => Same(header[c], slots[i].Name));
        for (var i = 0; i < places.Length; i++)
        {
            if (places[i] < 0) places[i] = Take(c => Same(header[c], Unnumbered(slots[i].Name)));
            if (places[i] < 0) throw Wrong($"{slots[i].Name} is missing");
        }

        foreach (var name in free.Select(c => header[c]))
        {
            if (slots.Any(s => Same(Unnumbered(name), Unnumbered(s.Name)))) throw Wrong($"{name} has no slot left");
        }

        return new EntryColumns(
            header.Count, entry, player, playerId, places, [.. free.Select(c => header[c]).Where(name => name.Length > 0)]);

        int One(string name)
        {
            var found = Take(IsIt);
            if (found < 0) throw Wrong($"{name} is missing");
            return free.Any(IsIt) ? throw Wrong($"{name} is there twice") : found;

            bool IsIt(int c) => IsNamed(header[c], name);
        }

        int Take(Predicate<int> wanted)
        {
            var at = free.FindIndex(wanted);
            if (at < 0) return -1;
            var column = free[at];
            free.RemoveAt(at);
            return column;
        }

        InvalidDataException Wrong(string what) => new("line 1: expected the columns "
            + $"{string.Join(", ", slots.Select(s => s.Name).Prepend("player").Prepend("entry"))} in any order; {what}");
    }

    /// <returns>Whether a column is called entry, entry id, entry_id or entryId.</returns>
    private static bool IsNamed(string column, string name) =>
        column.Replace("_", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal) is var plain
            && (Same(plain, name) || Same(plain, name + "id"));

    private static string Unnumbered(string name) => name.TrimEnd([.. "0123456789"]) is { Length: > 0 } bare ? bare : name;

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
